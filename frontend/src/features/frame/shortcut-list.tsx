import { Modal } from "@mantine/core";
import { useWords } from "../../words/language";
import classes from "./frame.module.css";

/**
 * ShortcutList is the list of keys. The page never scrolls, so it is not locked: the lock would add a style without the nonce,
 * which the policy refuses.
 */
export function ShortcutList({ opened, close }: { opened: boolean; close: () => void }) {
  const words = useWords();
  const k = words.keys;
  const groups: [string, [string[], string][]][] = [
    [
      words.keyGroups.everywhere,
      [
        [["/"], k.search],
        [["c"], k.compose],
        [["g", "d"], k.drafts],
        [["g", "b"], k.book],
        [["g", "o"], k.browse],
        [["g", "w"], k.receive],
        [["g", "i"], k.inbox],
        [["g", "c"], k.chat],
        [["g", "s"], k.sent],
        [["F6"], k.regions],
        [["Esc"], k.close],
        [["?"], k.help],
      ],
    ],
    [
      words.keyGroups.administration,
      [
        [["g", "n"], k.directories],
        [["g", "p"], k.policies],
        [["g", "r"], k.rules],
        [["g", "a"], k.accounts],
        [["g", "l"], k.audit],
      ],
    ],
    [
      words.keyGroups.reading,
      [
        [["j"], k.next],
        [["k"], k.previous],
        [["r"], k.reply],
        [["R"], k.replyAll],
        [["f"], k.forward],
      ],
    ],
    [
      words.keyGroups.writing,
      [
        [["Ctrl", "Enter"], k.send],
        [["l"], k.label],
        [["a"], k.attach],
        [["p"], k.portions],
        [["Ctrl", "M"], k.mark],
        [["m"], k.military],
        [["q"], k.later],
        [["t"], k.template],
        [["h"], k.history],
        [["Ctrl", "Z"], k.undo],
        [["⌫"], k.remove],
        [["←", "→"], k.move],
        [["M"], k.other],
      ],
    ],
  ];
  return (
    <Modal.Root opened={opened} onClose={close} size={720} lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <div className={classes.title}>
            <Modal.Title>{words.frame.shortcuts}</Modal.Title>
            <Modal.CloseButton aria-label={words.frame.close} />
          </div>
          <div className={classes.groups}>
            {groups.map(([name, keys]) => (
              <section key={name} aria-label={name}>
                <h3>{name}</h3>
                <dl className={classes.keys}>
                  {keys.map(([keys, what]) => (
                    <div key={what} style={{ display: "contents" }}>
                      <dt>
                        {keys.map((key, i) => (
                          <span key={key}>
                            {i > 0 ? " " : ""}
                            <kbd>{key}</kbd>
                          </span>
                        ))}
                      </dt>
                      <dd>{what}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
