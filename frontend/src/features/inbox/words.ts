import { catalogue } from "../../words/language";

const nEn = (n: number) => n.toLocaleString("en");
const nFr = (n: number) => n.toLocaleString("fr");

/** The words of what came in: lists, states of the mailbox, and the message that is read. */
export const useInboxWords = catalogue({
  en: {
    title: "Inbox",
    list: "Received messages",
    loading: "Reading the inbox…",
    noSubject: "No subject",
    notHere: "Not here",
    withheld: "Withheld from you",
    unread: "Unread",
    answered: "Answered",
    columns: {
      from: "From",
      subject: "Subject",
      marking: "Marking",
      precedence: "Precedence",
      received: "Received",
    },
    files: (n: number) => (n === 1 ? "1 file" : `${nEn(n)} files`),
    report: { delivery: "Delivery report", read: "Read receipt" },
    bar: {
      mailbox: "Mailbox",
      sum: (unread: number, total: number) =>
        total === 0
          ? "No messages"
          : unread === 0
            ? `${nEn(total)} ${total === 1 ? "message" : "messages"}, all read`
            : `${nEn(unread)} unread of ${nEn(total)}`,
      unreadOnly: "Unread only",
      ask: "Ask the mail server now",
      asking: "Asking the mail server…",
      online: "Connected",
      read: (time: string) => `read ${time}`,
    },
    away: {
      title: "The mailbox cannot be reached",
      asOf: (time: string) =>
        `Shown is what was read until ${time}. Later messages come in by themselves as soon as the mail server answers.`,
      never: "Nothing has been read from it yet. It is tried again by itself.",
      details: "What the mail server said",
    },
    none: {
      title: "No mailbox is set up",
      managed:
        "Received messages show here when your administrator adds an IMAP account to the installation and names it at your identity.",
      own: "Received messages show here once the installation file has an IMAP account, and your identity names it. Add these lines with your own values, then start Caveat again.",
      copy: "Copy the lines",
      copied: "Copied",
    },
    fresh: {
      title: "Reading the mailbox for the first time",
      text: (mailbox: string) => `The newest messages of ${mailbox} come first.`,
    },
    empty: {
      title: "Nothing has come in yet",
      text: (mailbox: string) => `What arrives in ${mailbox} shows here by itself, under its marking.`,
    },
    allRead: {
      title: "Everything is read",
      text: "New messages show here by themselves.",
      all: "Show all messages",
    },
    more: {
      shown: (n: number) => (n === 1 ? "The newest is shown." : `The newest ${nEn(n)} are shown.`),
      next: "Show older ones",
      reading: "Reading older ones…",
    },
    label: {
      none: "No label",
      assumed: "assumed",
      faulty: "Label not reliable",
      claims: (marking: string) => `calls itself ${marking}`,
    },
    message: {
      loading: "Reading the message…",
      failed: "The message cannot be shown",
      notHere: "The message is not here",
      unknown: "This message is not in the mailbox",
      unknownHint: "It was moved or deleted there by another program, or the mailbox was set up anew.",
      banner: "Marking of this message",
      next: "Next message",
      previous: "Previous message",
      from: "From",
      replyTo: "Replies go to",
      notToSender: "not to the sender",
      to: "To",
      cc: "Cc",
      receiptTo: "Asks for a receipt",
      received: "Received",
      sent: "Sent",
      inBook: (name: string) => `${name} in the book`,
      moreAddresses: (n: number, left: number) => (n === left ? `Show the other ${n}` : `Show ${n} more of ${left}`),
      text: "Text",
      noText: "No text",
      cut: "Only the beginning of the text is shown.",
      differs:
        "The message has its text in another form too, such as HTML, which is not shown and may say something else.",
      html: "It was written as HTML; this is its text.",
      remote: (n: number) =>
        n === 1
          ? "1 thing that it names elsewhere, such as a picture, was not fetched."
          : `${nEn(n)} things that it names elsewhere, such as pictures, were not fetched.`,
      damage: "Part of the message could not be read:",
    },
    military: {
      primaryPrecedence: "Precedence",
      copyPrecedence: "Precedence for Cc",
      messageType: "Message type",
      reference: "Originator’s reference",
      sic: "SIC",
      handling: "Handling",
      instructions: "Instructions",
      exempted: "Left out of lists",
      authorised: "Authorised",
      twice: "Stands twice, not read",
    },
    said: {
      assumed: "The marking is assumed",
      assumedText: "The message came without a label; this is the default label of where it comes from.",
      assumedFor: (domain: string) =>
        `The message came without a label; this is the one that the administrator set for mail from ${domain}.`,
      report: "The report bears no label: it says what became of your message, not what is in it.",
      unlabelled: "The message came without a label",
      unlabelledText: "Nothing says how it must be handled. A reply starts without a label.",
      faulty: "The label of this message cannot be relied on",
      faultyText:
        "It counts as unlabelled. Handle it as no less than what it calls itself. A reply starts without a label.",
      claims: "It calls itself:",
      withheld: "You may not read this message",
      withheldText: "Its subject, text and files are not shown, and that was logged.",
      withheldTodo: "Ask its sender for a version that you may get.",
      details: "Details",
    },
    faults: {
      "no-label": "It bears no label.",
      "marking-only": "It bears a marking and no label behind it.",
      "two-labels": "It bears more than one label.",
      continuation: "Pieces of its label are missing or stand twice.",
      base64: "Its label is damaged: it cannot be decoded.",
      "unknown-type": "Its label is of a kind that is not known here.",
      malformed: "Its label cannot be read.",
      "not-bound": "Its label is bound to something else than this message.",
      contradiction: "Its labels contradict each other.",
      "unknown-policy": "Its label is of a policy that is not known here.",
      numbers: "Its label holds numbers without a single meaning under the policy.",
      invalid: "The policy does not allow its label.",
      disagrees: "Its marking says something else than its label.",
      part: "The label of a part cannot be read.",
      "several-senders":
        "It names its sender more than once: other programs may show one of them only. It has no default label, and no nation.",
    } as Record<string, string>,
    attached: {
      title: "Attachments",
      noName: "Without a name",
      types: {
        "message/delivery-status": "Delivery status",
        "message/global-delivery-status": "Delivery status",
        "message/disposition-notification": "Receipt",
        "message/global-disposition-notification": "Receipt",
        "text/rfc822-headers": "Returned header",
        "message/global-headers": "Returned header",
        "message/rfc822": "Message",
        "message/global": "Message",
      } as Record<string, string>,
      labelOf: (name: string) => `Label of ${name}`,
      problem: "Its own label cannot be relied on:",
      download: (name: string) => `Save ${name}`,
    },
    how: {
      title: "Where the label comes from",
      ways: {
        label: "STANAG 4774 label in the header",
        binding: "STANAG 4778 binding in the header",
        ess: "ESS label (RFC 2634) in the header",
        x411: "X.411 label in the header",
        marking: "Marking",
        default: "Default label",
        file: "Of a part",
      } as Record<string, string>,
      history: "Earlier labels, as the message says",
      none: "no label",
      change: (before: string, after: string) => `${before}, then ${after}`,
      actions: {
        add: "added",
        replace: "replaced",
        delete: "removed",
      } as Record<string, string>,
    },
    answer: {
      reply: "Reply",
      "reply-all": "Reply to all",
      forward: "Forward",
    },
    reported: {
      delivery: "This is a delivery report",
      read: "This is a read receipt",
      of: "It is about what you sent:",
      unknown: "The message never had this recipient.",
      unmatched:
        "It names nothing that was sent from here, so nothing was changed by it. Somebody may have written it to deceive.",
    },
  },
  fr: {
    title: "Réception",
    list: "Messages reçus",
    loading: "Lecture de la boîte…",
    noSubject: "Sans objet",
    notHere: "Pas ici",
    withheld: "Retenu : non montré",
    unread: "Non lu",
    answered: "Répondu",
    columns: {
      from: "De",
      subject: "Objet",
      marking: "Marquage",
      precedence: "Urgence",
      received: "Reçu",
    },
    files: (n: number) => (n < 2 ? `${n} fichier` : `${nFr(n)} fichiers`),
    report: { delivery: "Avis de remise", read: "Accusé de lecture" },
    bar: {
      mailbox: "Boîte",
      sum: (unread: number, total: number) =>
        total === 0
          ? "Aucun message"
          : unread === 0
            ? `${nFr(total)} ${total === 1 ? "message lu" : "messages, tous lus"}`
            : `${nFr(unread)} non ${unread === 1 ? "lu" : "lus"} sur ${nFr(total)}`,
      unreadOnly: "Non lus seulement",
      ask: "Interroger le serveur maintenant",
      asking: "Interrogation du serveur…",
      online: "En liaison",
      read: (time: string) => `lu ${time}`,
    },
    away: {
      title: "La boîte est hors d’atteinte",
      asOf: (time: string) =>
        `Ce qui est affiché a été lu jusqu’à ${time}. La suite arrive d’elle-même dès que le serveur répond.`,
      never: "Rien n’y a encore été lu. Un nouvel essai se fait de lui-même.",
      details: "Réponse du serveur",
    },
    none: {
      title: "Aucune boîte n’est configurée",
      managed:
        "Les messages reçus s’affichent ici quand votre administrateur ajoute un compte IMAP à l’installation et le nomme dans votre identité.",
      own: "Les messages reçus s’affichent ici quand le fichier d’installation a un compte IMAP, nommé dans votre identité. Ajoutez ces lignes avec vos propres valeurs, puis redémarrez Caveat.",
      copy: "Copier les lignes",
      copied: "Copié",
    },
    fresh: {
      title: "Première lecture de la boîte",
      text: (mailbox: string) => `Les messages les plus récents de ${mailbox} viennent d’abord.`,
    },
    empty: {
      title: "Rien n’est encore arrivé",
      text: (mailbox: string) => `Ce qui arrive dans ${mailbox} s’affiche ici de lui-même, sous son marquage.`,
    },
    allRead: {
      title: "Tout est lu",
      text: "Les nouveaux messages s’affichent ici d’eux-mêmes.",
      all: "Afficher tous les messages",
    },
    more: {
      shown: (n: number) => (n < 2 ? "Le plus récent est affiché." : `Les ${nFr(n)} plus récents sont affichés.`),
      next: "Afficher les précédents",
      reading: "Lecture des précédents…",
    },
    label: {
      none: "Sans étiquette",
      assumed: "présumé",
      faulty: "Étiquette non fiable",
      claims: (marking: string) => `se dit ${marking}`,
    },
    message: {
      loading: "Lecture du message…",
      failed: "Le message ne peut pas être affiché",
      notHere: "Le message n’est pas ici",
      unknown: "Ce message n’est pas dans la boîte",
      unknownHint: "Un autre programme l’y a déplacé ou supprimé, ou la boîte a été refaite.",
      banner: "Marquage de ce message",
      next: "Message suivant",
      previous: "Message précédent",
      from: "De",
      replyTo: "Réponses à",
      notToSender: "et non à l’expéditeur",
      to: "À",
      cc: "Cc",
      receiptTo: "Demande un accusé",
      received: "Reçu",
      sent: "Envoyé",
      inBook: (name: string) => `${name} dans l’annuaire`,
      moreAddresses: (n: number, left: number) =>
        n === left ? `Afficher les ${n} autres` : `En afficher ${n} de plus sur ${left}`,
      text: "Texte",
      noText: "Sans texte",
      cut: "Seul le début du texte est affiché.",
      differs:
        "Le message a aussi son texte sous une autre forme, tel le HTML, qui n’est pas affichée et peut dire autre chose.",
      html: "Il a été écrit en HTML ; ceci en est le texte.",
      remote: (n: number) =>
        n < 2
          ? `${nFr(n)} élément nommé ailleurs, telle une image, n’a pas été chargé.`
          : `${nFr(n)} éléments nommés ailleurs, telles des images, n’ont pas été chargés.`,
      damage: "Une partie du message n’a pas pu être lue :",
    },
    military: {
      primaryPrecedence: "Urgence",
      copyPrecedence: "Urgence pour Cc",
      messageType: "Type de message",
      reference: "Référence de l’auteur",
      sic: "SIC",
      handling: "Traitement",
      instructions: "Consignes",
      exempted: "Exclus des listes",
      authorised: "Autorisé",
      twice: "Figure deux fois, non lu",
    },
    said: {
      assumed: "Le marquage est présumé",
      assumedText: "Le message est arrivé sans étiquette ; celle-ci est la valeur par défaut de sa provenance.",
      assumedFor: (domain: string) =>
        `Le message est arrivé sans étiquette ; celle-ci est celle que l’administrateur a fixée pour le courrier de ${domain}.`,
      report: "L’avis ne porte pas d’étiquette : il dit ce qu’est devenu votre message, non ce qu’il contient.",
      unlabelled: "Le message est arrivé sans étiquette",
      unlabelledText: "Rien ne dit comment le traiter. Une réponse commence sans étiquette.",
      faulty: "L’étiquette de ce message n’est pas fiable",
      faultyText:
        "Il compte comme non étiqueté. Traitez-le au moins selon ce qu’il se dit être. Une réponse commence sans étiquette.",
      claims: "Il se dit :",
      withheld: "Vous ne pouvez pas lire ce message",
      withheldText: "Son objet, son texte et ses fichiers ne sont pas affichés, et cela figure au journal d’audit.",
      withheldTodo: "Demandez à l’expéditeur une version que vous pouvez recevoir.",
      details: "Détails",
    },
    faults: {
      "no-label": "Il ne porte pas d’étiquette.",
      "marking-only": "Il porte un marquage, sans étiquette.",
      "two-labels": "Il porte plusieurs étiquettes.",
      continuation: "Des morceaux de son étiquette manquent ou figurent deux fois.",
      base64: "Son étiquette est endommagée : elle ne peut pas être décodée.",
      "unknown-type": "Son étiquette est d’un genre inconnu ici.",
      malformed: "Son étiquette est illisible.",
      "not-bound": "Son étiquette est liée à autre chose que ce message.",
      contradiction: "Ses étiquettes se contredisent.",
      "unknown-policy": "Son étiquette relève d’une politique inconnue ici.",
      numbers: "Son étiquette contient des nombres sans sens unique sous la politique.",
      invalid: "La politique n’admet pas son étiquette.",
      disagrees: "Son marquage dit autre chose que son étiquette.",
      part: "L’étiquette d’une partie est illisible.",
      "several-senders":
        "Il nomme son expéditeur plusieurs fois : d’autres programmes peuvent n’en montrer qu’un. Il n’a ni étiquette par défaut ni nation.",
    },
    attached: {
      title: "Pièces jointes",
      noName: "Sans nom",
      types: {
        "message/delivery-status": "État de remise",
        "message/global-delivery-status": "État de remise",
        "message/disposition-notification": "Accusé",
        "message/global-disposition-notification": "Accusé",
        "text/rfc822-headers": "En-tête retourné",
        "message/global-headers": "En-tête retourné",
        "message/rfc822": "Message",
        "message/global": "Message",
      },
      labelOf: (name: string) => `Étiquette de ${name}`,
      problem: "Sa propre étiquette n’est pas fiable :",
      download: (name: string) => `Enregistrer ${name}`,
    },
    how: {
      title: "Origine de l’étiquette",
      ways: {
        label: "Étiquette STANAG 4774 dans l’en-tête",
        binding: "Liaison STANAG 4778 dans l’en-tête",
        ess: "Étiquette ESS (RFC 2634) dans l’en-tête",
        x411: "Étiquette X.411 dans l’en-tête",
        marking: "Marquage",
        default: "Étiquette par défaut",
        file: "D’une partie",
      },
      history: "Étiquettes antérieures, selon le message",
      none: "sans étiquette",
      change: (before: string, after: string) => `${before}, puis ${after}`,
      actions: {
        add: "ajoutée",
        replace: "remplacée",
        delete: "retirée",
      },
    },
    answer: {
      reply: "Répondre",
      "reply-all": "Répondre à tous",
      forward: "Transférer",
    },
    reported: {
      delivery: "Ceci est un avis de remise",
      read: "Ceci est un accusé de lecture",
      of: "Il porte sur votre envoi :",
      unknown: "Le message n’a jamais eu ce destinataire.",
      unmatched:
        "Il ne nomme rien qui soit parti d’ici, et n’a donc rien changé. Quelqu’un a pu l’écrire pour tromper.",
    },
  },
});

export type InboxWords = ReturnType<typeof useInboxWords>;
