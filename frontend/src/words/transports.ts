import { catalogue } from "./language";

/** useTransport says by which way an entry was read. */
export const useTransport = catalogue<(transport: string) => string>({
  en: (t) => english[t] ?? t,
  fr: (t) => french[t] ?? t,
});

const english: Record<string, string> = {
  ldaps: "LDAPS",
  starttls: "StartTLS",
  plain: "plain connection, not protected",
  ldif: "LDIF file",
};

const french: Record<string, string> = {
  ldaps: "LDAPS",
  starttls: "StartTLS",
  plain: "liaison en clair, non protégée",
  ldif: "fichier LDIF",
};
