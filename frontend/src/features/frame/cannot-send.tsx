import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ask } from "../../api/client";
import { useDirectories, useInstallation, useRoles } from "../../api/queries";
import { Notice } from "../../components/state";
import { useWords } from "../../words/language";

const places = { directory: "/admin/add-directory", account: "/admin/accounts", identity: "/admin/accounts" } as const;

/**
 * CannotSend says what the set-up lacks before anybody can send: the first of it, for each needs the one before. Who may set it up is
 * led there, others are told whom to ask.
 */
export function CannotSend() {
  const { frame } = useWords();
  const words = frame.cannotSend;
  const lack = useLack();
  const installation = useInstallation().data;
  const isAdministrator = useRoles().includes("administrator");
  if (!lack || !installation) return null;
  return (
    <Notice>
      {lack === "identity" ? words.you : words.nobody} {words[lack]}{" "}
      {installation.managed ? (
        words.managed
      ) : isAdministrator ? (
        <Link href={places[lack]}>{words.setUp[lack]}</Link>
      ) : (
        words.ask
      )}
    </Notice>
  );
}

/** useLack is what there is none of; undefined: nothing, or it is not known yet. Accounts are known to administrators alone. */
function useLack(): keyof typeof places | undefined {
  const installation = useInstallation().data;
  const directories = useDirectories().data;
  const mayAsk = useRoles().includes("administrator");
  const accounts = useQuery({
    queryKey: ["settings", "accounts"],
    enabled: mayAsk,
    queryFn: ({ signal }) => ask(api.GET("/api/accounts", { signal })),
  }).data;
  if (!installation || !directories) return undefined;
  if (!directories.some((d) => d.own)) return "directory";
  if (accounts && !accounts.accounts.some((a) => a.settings.kind !== "imap")) return "account";
  return installation.identities.length === 0 ? "identity" : undefined;
}
