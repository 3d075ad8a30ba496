import { catalogue } from "../../../words/language";

const en = (n: number) => n.toLocaleString("en");
const fr = (n: number) => n.toLocaleString("fr");
const people = (n: number) => (n === 1 ? "1 recipient" : `${en(n)} recipients`);
const destinataires = (n: number) => (n < 2 ? `${fr(n)} destinataire` : `${fr(n)} destinataires`);

/** The words of the check: parts, thresholds, warnings, what changed, ways forward; shared by the panel and the block at Send. */
export const useCheckWords = catalogue({
  en: {
    parts: {
      title: "Paragraphs and attachments",
      paragraph: (n: number) => `Paragraph ${n}`,
      attachment: (name: string) => `Attachment ${name}`,
      bad: (n: number) =>
        n === 1 ? "The label of one part stands in the way" : `The labels of ${en(n)} parts stand in the way`,
      sum: (part: string) => `${part}: its label stands in the way`,
    },
    thresholds: {
      title: "Too many recipients",
      over: (n: number, limit: number, classification: string) =>
        `${people(n)}; the rule allows ${en(limit)} from ${classification} on.`,
      overAny: (n: number, limit: number) => `${people(n)}; the rule allows ${en(limit)}.`,
      rule: (name: string) => `Rule ${name}`,
      allowed: "May be sent with a reason of yours",
      sum: (n: number, limit: number) => `${people(n)}, ${en(limit)} allowed`,
    },
    unasked: {
      title: "Servers",
      asked: (servers: string) => `Could not ask ${servers} yet: it is asked before the message leaves.`,
      sum: (text: string) => `${text}, servers not asked yet`,
    },
    warnings: {
      title: "Worth knowing",
      dismiss: (text: string) => `Put away: ${text}`,
      kinds: {
        "expires-before-sending": "A clearance ends before it is sent",
        "review-before-sending": "The label is due for review before it is sent",
        "policy-ends": "The policy ends soon",
        "reached-twice": "The same person is reached twice",
        "certificate-ended": "A certificate has ended",
        "emission-control": "Emission control",
        "send-time-past": "The time of sending is past",
        exempted: "Exempted from lists",
        "label-originator": "The label names another originator",
      } as Record<string, string>,
    },
    was: {
      cleared: (age: string) => `Cleared ${age}, not now.`,
      clearedBefore: "Cleared while you wrote, not now.",
      other: (outcome: string, age: string) => `${outcome} ${age}, otherwise now.`,
      otherBefore: (outcome: string) => `${outcome} while you wrote, otherwise now.`,
    },
    also: (names: string) => `Also reached by ${names}`,
    members: (bad: number, n: number) => `${en(bad)} of ${en(n)} in it stand in the way`,
    membersAll: (n: number) => `Who is in it (${en(n)})`,
    ways: {
      title: "Ways forward",
      otherAddress: (names: string, addresses: string) => `Write to ${names} at ${addresses}`,
      role: (names: string, roles: string) => `Write to ${roles} instead of ${names}`,
      thenAll: (n: number) => (n === 1 ? "The recipient then gets it." : `All ${en(n)} then get it.`),
      same: "The same person, at an address that is cleared.",
      unit: "A role of the same unit, that is cleared.",
      splitWith: (parts: string) => `The second one holds what they all may get: ${parts}.`,
      paragraphs: (n: number) => (n === 1 ? "1 paragraph" : `${en(n)} paragraphs`),
      attachments: (n: number) => (n === 1 ? "1 attachment" : `${en(n)} attachments`),
      replaced: (names: string, by: string) => `${by} in place of ${names}`,
    },
  },
  fr: {
    parts: {
      title: "Paragraphes et pièces jointes",
      paragraph: (n: number) => `Paragraphe ${n}`,
      attachment: (name: string) => `Pièce jointe ${name}`,
      bad: (n: number) =>
        n === 1 ? "L’étiquette d’une partie fait obstacle" : `Les étiquettes de ${fr(n)} parties font obstacle`,
      sum: (part: string) => `${part} : son étiquette fait obstacle`,
    },
    thresholds: {
      title: "Trop de destinataires",
      over: (n: number, limit: number, classification: string) =>
        `${destinataires(n)} ; la règle en admet ${fr(limit)} à partir de ${classification}.`,
      overAny: (n: number, limit: number) => `${destinataires(n)} ; la règle en admet ${fr(limit)}.`,
      rule: (name: string) => `Règle ${name}`,
      allowed: "Envoi possible avec un motif de votre part",
      sum: (n: number, limit: number) => `${destinataires(n)}, ${fr(limit)} admis`,
    },
    unasked: {
      title: "Serveurs",
      asked: (servers: string) =>
        `${servers} : pas encore de réponse. La question est reposée avant l’envoi du message.`,
      sum: (text: string) => `${text}, serveurs pas encore interrogés`,
    },
    warnings: {
      title: "Bon à savoir",
      dismiss: (text: string) => `Ranger : ${text}`,
      kinds: {
        "expires-before-sending": "Une habilitation prend fin avant l’envoi",
        "review-before-sending": "L’étiquette doit être révisée avant l’envoi",
        "policy-ends": "La politique prend bientôt fin",
        "reached-twice": "La même personne est atteinte deux fois",
        "certificate-ended": "Un certificat est périmé",
        "emission-control": "Contrôle des émissions",
        "send-time-past": "L’heure d’envoi est passée",
        exempted: "Exclus des listes",
        "label-originator": "L’étiquette nomme un autre expéditeur",
      },
    },
    was: {
      cleared: (age: string) => `Habilité ${age}, plus maintenant.`,
      clearedBefore: "Habilité pendant la rédaction, plus maintenant.",
      other: (outcome: string, age: string) => `${outcome} ${age}, autrement maintenant.`,
      otherBefore: (outcome: string) => `${outcome} pendant la rédaction, autrement maintenant.`,
    },
    also: (names: string) => `Atteint aussi par ${names}`,
    members: (bad: number, n: number) =>
      bad < 2 ? `${fr(bad)} membre sur ${fr(n)} fait obstacle` : `${fr(bad)} membres sur ${fr(n)} font obstacle`,
    membersAll: (n: number) => `Membres (${fr(n)})`,
    ways: {
      title: "Que faire",
      otherAddress: (names: string, addresses: string) => `Écrire à ${names} à ${addresses}`,
      role: (names: string, roles: string) => `Écrire à ${roles} au lieu de ${names}`,
      thenAll: (n: number) => (n === 1 ? "Le destinataire le reçoit alors." : `Les ${fr(n)} le reçoivent alors.`),
      same: "La même personne, à une adresse habilitée.",
      unit: "Une fonction de la même unité, habilitée.",
      splitWith: (parts: string) => `Le second garde ce que tous peuvent recevoir : ${parts}.`,
      paragraphs: (n: number) => (n < 2 ? `${fr(n)} paragraphe` : `${fr(n)} paragraphes`),
      attachments: (n: number) => (n < 2 ? `${fr(n)} pièce jointe` : `${fr(n)} pièces jointes`),
      replaced: (names: string, by: string) => `${by} à la place de ${names}`,
    },
  },
});

export type CheckWords = ReturnType<typeof useCheckWords>;
