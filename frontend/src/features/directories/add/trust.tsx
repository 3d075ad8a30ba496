import { Button } from "@mantine/core";
import type { Chain } from "../../../api/types";
import { Notice } from "../../../components/state";
import { Certificates, commonName } from "../chain";
import classes from "../directories.module.css";
import { useStepWords } from "../words-steps";

type Props = { chain: Chain; trust: (pem: string, name: string) => void };

/** Trust asks by whom a server is to be trusted that nobody has vouched for yet: by a CA that it shows, or else by its one certificate. */
export function Trust({ chain, trust }: Props) {
  const words = useStepWords();
  const cas = chain.filter((c) => c.ca).reverse();
  const own = chain[0];
  return (
    <section aria-labelledby="trust">
      <h2 id="trust">{words.untrusted}</h2>
      <p>{words.untrustedMeans}</p>
      <Certificates chain={chain} />
      {cas.length === 0 ? (
        <Notice>
          <p>{words.aloneMeans}</p>
        </Notice>
      ) : null}
      <div className={classes.line}>
        {cas.map((c) => (
          <Button key={c.sha256} variant="default" onClick={() => trust(c.pem, commonName(c.subject))}>
            {words.trust(commonName(c.subject))}
          </Button>
        ))}
        {cas.length === 0 && own ? (
          <Button variant="default" onClick={() => trust(own.pem, commonName(own.subject))}>
            {words.trustAlone}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
