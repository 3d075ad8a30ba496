import { catalogue } from "../../words/language";

const people = (n: number) => (n === 1 ? "1 recipient" : `${n.toLocaleString("en")} recipients`);
const destinataires = (n: number) => (n < 2 ? `${n} destinataire` : `${n.toLocaleString("fr")} destinataires`);
const of = (n: number, all: number) =>
  n === all ? (all === 1 ? "the recipient" : `all ${people(all)}`) : `${n} of ${people(all)}`;
const sur = (n: number, all: number) =>
  n === all ? (all === 1 ? "le destinataire" : `les ${destinataires(all)}`) : `${n} sur ${destinataires(all)}`;

const moreOf = (n: number, left: number) => (n === left ? `Show the other ${n}` : `Show ${n} more of ${left}`);
const encore = (n: number, left: number) =>
  n === left ? `Afficher les ${n} autres` : `En afficher ${n} de plus sur ${left}`;

/** The words of what was sent: what became of each recipient, and on what it was cleared. */
export const useSentWords = catalogue({
  en: {
    title: "Sent",
    list: "Messages",
    loading: "Reading the messages…",
    noSubject: "No subject",
    answer: { reply: "Reply", "reply-all": "Reply to all", forward: "Forward" },
    columns: {
      state: "State",
      time: "Time",
      subject: "Subject",
      marking: "Marking",
      count: "Recipients",
      to: "To",
    },
    more: {
      shown: (n: number) => `The newest ${n.toLocaleString("en")} are shown.`,
      show: (n: number) => `Show up to ${n.toLocaleString("en")}`,
      end: "Older ones are in the audit log.",
    },
    empty: {
      title: "Nothing has been sent yet",
      hint: "What you send stands here, with what became of each recipient and on what evidence it was cleared.",
      newDraft: "New draft",
    },
    decisions: {
      title: (n: number) => (n === 1 ? "1 message needs your decision" : `${n} messages need your decision`),
      more: moreOf,
    },
    states: {
      queued: "Queued",
      sending: "Sending",
      "body-sent": "Handed over",
      accepted: "Accepted",
      refused: "Refused",
      deferred: "Deferred",
      "perhaps-delivered": "Perhaps delivered",
      held: "Held",
      dropped: "Not sent",
    },
    partly: (word: string, n: number, all: number) => `${word} for ${n} of ${all}`,
    means: {
      queued: () => "It waits to be handed to your nation’s mail server.",
      sending: () => "It is being handed to your nation’s mail server.",
      "body-sent": () => "It was handed to your nation’s mail server, which has not answered yet.",
      accepted: (n: number, all: number) =>
        `Your nation’s mail server took it for ${of(n, all)}. What becomes of it after that is not known here.`,
      refused: (n: number, all: number) => `It was not taken for ${of(n, all)}, and is not tried again.`,
      deferred: (n: number, all: number, next: string) =>
        `It was not taken yet for ${of(n, all)}. The next try is at ${next}.`,
      "perhaps-delivered": (n: number, all: number) =>
        `It was handed over for ${of(n, all)}, and no answer came: they may have it or not. Sent again, it may arrive twice. Left as it is, it may be missing.`,
      held: (n: number, all: number) =>
        `Checked again before sending, it did not pass for ${of(n, all)}. Nothing more is sent until you decide.`,
      dropped: (n: number, all: number) => `It is not sent to ${of(n, all)}: that was decided here.`,
    },
    meansChat: {
      queued: () => "It waits to be handed to your chat server, and is checked again before it leaves.",
      sending: () => "It is being handed to your chat server.",
      "body-sent": () => "It was handed to your chat server, which has not confirmed it yet.",
      accepted: () => "The chat server confirmed it. Whether it was read is not known here.",
      "perhaps-delivered": () =>
        "It was handed over, and the connection was lost before it was confirmed: it may have come or not. Sent again, it may come twice. Left as it is, it may be missing.",
    } as Record<string, () => string>,
    chatWith: (address: string) => `Chat: ${address}`,
    toConversation: "Show the conversation",
    reported: (n: number, all: number) =>
      `Your nation’s mail server took it for ${of(n, all)}. What was reported since stands with each recipient.`,
    failedAfter: (n: number) => `Reported not delivered: ${n.toLocaleString("en")}`,
    deliveredAfter: (n: number, all: number) =>
      n === all ? "Reported delivered to all" : `Reported delivered: ${n} of ${all}`,
    rest: (n: number) => `It was taken for ${people(n)}.`,
    replaced: "Sent anew",
    inLog: "In the log",
    anew: "It was checked again and sent as another message.",
    toAnew: "Show that message",
    note: "What the program noted",
    copy: {
      title: "Copy",
      states: {
        queued: (box: string) => `Goes into the mailbox “${box}” once the message was accepted`,
        sending: (box: string) => `Is being put into the mailbox “${box}”`,
        "body-sent": (box: string) => `Is being put into the mailbox “${box}”`,
        accepted: (box: string) => `In the mailbox “${box}”`,
        refused: (box: string) => `Was not taken by the mailbox “${box}”`,
        deferred: (box: string) => `Not yet in the mailbox “${box}”: it is tried again`,
        dropped: (box: string) => `Not put into the mailbox “${box}”`,
      },
    },
    unreported: "What was reported since could not be read.",
    decide: {
      title: "This needs your decision",
      resend: (n: number) => `Check again and send to ${n}`,
      resendTwice: (n: number) =>
        n === 1
          ? "Check again and send to 1: it may arrive twice"
          : `Check again and send to ${n}: some may get it twice`,
      drop: "Do not send",
      dropRest: (n: number) => (n === 1 ? "Do not send to the one left" : `Do not send to the ${n} left`),
      dropAgain: "Do not send again",
      running: "Asking the directories again…",
      queued: "Checked again and queued anew",
      dropped: "It will not be sent",
    },
    blocked: {
      title: "Checked again: nothing was sent",
      who: (n: number, all: number) => `The check stops it for ${of(n, all)}.`,
      label: "The label is not valid any more:",
      originator: "The check stops it for you as the originator:",
      link: "On the way:",
      afterwards: "To leave somebody out or to give another label, write a new draft, and choose “Do not send” here.",
      more: moreOf,
    },
    failed: {
      "user-wrong-state": {
        title: "The message has moved on",
        text: "Its state is another one by now, so this was not done. It is shown as it stands.",
      },
      "user-window-busy": { title: "A dialog is still open", text: "Close it first, then try again." },
      "user-not-saved": { title: "The copy was not saved", text: "The details say why. Choose another place." },
    } as Record<string, { title: string; text: string }>,
    save: { copy: "Save a copy (.eml)", saved: (path: string) => `Saved: ${path}` },
    detail: {
      loading: "Reading the message…",
      unknown: "There is no such message",
      unknownHint: "It may be of another data directory. What was sent from here is in the list.",
      message: (id: string) => `Message ${id}`,
      banner: "Marking of this message",
      from: "From",
      time: "Time",
      id: "Message",
      channels: { mail: "Mail", chat: "Chat" },
      precedence: "Precedence",
      copyPrecedence: "Precedence for Cc",
      sic: "SIC",
      type: "Message type",
      reference: "Originator’s reference",
      handling: "Handling",
      exempted: "Left out of lists",
      attempts: (n: number) => (n === 1 ? "1 attempt" : `${n} attempts`),
      text: "Text",
      noText: "No text",
      attachments: "Attachments",
      sendAt: "To be sent",
    },
    recipients: {
      title: "Recipients",
      action: "To",
      info: "Cc",
      reply: "The server’s answer",
      sum: (parts: string[]) => parts.join(" · "),
      reported: (sum: string) => `reported: ${sum}`,
      check: "Check at Send",
      link: "On the way",
      read: (directory: string, time: string, transport: string) =>
        `read ${time} from ${directory}${transport ? ` over ${transport}` : ""}`,
      looked: (where: string) => `looked in ${where}`,
      members: (n: number) => (n === 1 ? "1 member" : `${n} members`),
      more: moreOf,
      by: (list: string) => `as a member of ${list}`,
      open: (name: string) => `${name} in the book`,
    },
    check: {
      title: "Check at Send",
      none: "The version of the program that sent this kept no evidence. The audit log has the decision.",
      all: (n: number) => `Everything was cleared: the label, you as the originator, and ${of(n, n)}.`,
      overridden:
        "It was sent on your own reason, which the administrator’s rules allow. The reason is in the audit log.",
      overriddenFor: "Not cleared by itself:",
      you: "you as the originator",
      originator: "Originator",
      policy: "Policy",
      version: (v: number) => `version ${v}`,
      mode: "Classification",
      modes: {
        membership: "by membership: the clearance names it",
        hierarchical: "by hierarchy: the clearance reaches it",
      } as Record<string, string>,
      sha: "SHA-256",
      copy: "Copy",
      copied: "Copied",
    },
  },
  fr: {
    title: "Envoyés",
    list: "Messages",
    loading: "Lecture des messages…",
    noSubject: "Sans objet",
    answer: { reply: "Répondre", "reply-all": "Répondre à tous", forward: "Transférer" },
    columns: {
      state: "État",
      time: "Heure",
      subject: "Objet",
      marking: "Marquage",
      count: "Destinataires",
      to: "À",
    },
    more: {
      shown: (n: number) => `Les ${n.toLocaleString("fr")} plus récents sont affichés.`,
      show: (n: number) => `En afficher jusqu’à ${n.toLocaleString("fr")}`,
      end: "Les plus anciens sont dans le journal d’audit.",
    },
    empty: {
      title: "Rien n’a encore été envoyé",
      hint: "Ce que vous envoyez figure ici, avec le sort de chaque destinataire et les preuves du contrôle.",
      newDraft: "Nouveau brouillon",
    },
    decisions: {
      title: (n: number) => (n < 2 ? `${n} message attend votre décision` : `${n} messages attendent votre décision`),
      more: encore,
    },
    states: {
      queued: "En attente",
      sending: "Envoi en cours",
      "body-sent": "Transmis",
      accepted: "Accepté",
      refused: "Refusé",
      deferred: "Différé",
      "perhaps-delivered": "Peut-être remis",
      held: "Retenu",
      dropped: "Non envoyé",
    },
    partly: (word: string, n: number, all: number) => `${word} pour ${n} sur ${all}`,
    means: {
      queued: () => "Il attend d’être transmis au serveur de messagerie de votre nation.",
      sending: () => "Il est en cours de transmission au serveur de messagerie de votre nation.",
      "body-sent": () => "Il a été transmis au serveur de messagerie de votre nation, qui n’a pas encore répondu.",
      accepted: (n: number, all: number) =>
        `Le serveur de messagerie de votre nation l’a pris en charge pour ${sur(n, all)}. La suite n’est pas connue ici.`,
      refused: (n: number, all: number) => `Il n’a pas été pris en charge pour ${sur(n, all)}, et n’est plus tenté.`,
      deferred: (n: number, all: number, next: string) =>
        `Il n’a pas encore été pris en charge pour ${sur(n, all)}. Prochain essai à ${next}.`,
      "perhaps-delivered": (n: number, all: number) =>
        `Il a été transmis pour ${sur(n, all)}, et aucune réponse n’est venue : il est arrivé, ou non. Renvoyé, il peut arriver deux fois. Laissé tel quel, il peut manquer.`,
      held: (n: number, all: number) =>
        `Contrôlé de nouveau avant l’envoi, il n’a pas passé le contrôle pour ${sur(n, all)}. Rien d’autre n’est envoyé avant votre décision.`,
      dropped: (n: number, all: number) => `Il n’est pas envoyé pour ${sur(n, all)} : cela a été décidé ici.`,
    },
    meansChat: {
      queued: () =>
        "Il attend d’être transmis à votre serveur de messagerie instantanée, et est contrôlé de nouveau avant.",
      sending: () => "Il est en cours de transmission à votre serveur de messagerie instantanée.",
      "body-sent": () => "Il a été transmis à votre serveur de messagerie instantanée, qui n’a pas encore confirmé.",
      accepted: () => "Le serveur de messagerie instantanée l’a confirmé. On ne sait pas ici s’il a été lu.",
      "perhaps-delivered": () =>
        "Il a été transmis, et la connexion a été perdue avant la confirmation : il est arrivé, ou non. Renvoyé, il peut arriver deux fois. Laissé tel quel, il peut manquer.",
    },
    chatWith: (address: string) => `Messagerie : ${address}`,
    toConversation: "Afficher la conversation",
    reported: (n: number, all: number) =>
      `Le serveur de messagerie de votre nation l’a pris en charge pour ${sur(n, all)}. Ce qui a été signalé depuis figure auprès de chaque destinataire.`,
    failedAfter: (n: number) => `Signalé non remis : ${n.toLocaleString("fr")}`,
    deliveredAfter: (n: number, all: number) =>
      n === all ? "Signalé remis à tous" : `Signalé remis : ${n} sur ${all}`,
    rest: (n: number) => `Il a été pris en charge pour ${destinataires(n)}.`,
    replaced: "Renvoyé",
    inLog: "Dans le journal",
    anew: "Il a été contrôlé de nouveau et envoyé comme un autre message.",
    toAnew: "Afficher ce message",
    note: "Ce que le programme a noté",
    copy: {
      title: "Copie",
      states: {
        queued: (box: string) => `Ira dans la boîte « ${box} » une fois le message accepté`,
        sending: (box: string) => `Va dans la boîte « ${box} »`,
        "body-sent": (box: string) => `Va dans la boîte « ${box} »`,
        accepted: (box: string) => `Se trouve dans la boîte « ${box} »`,
        refused: (box: string) => `N’a pas été prise par la boîte « ${box} »`,
        deferred: (box: string) => `Pas encore dans la boîte « ${box} » : un nouvel essai aura lieu`,
        dropped: (box: string) => `Pas mise dans la boîte « ${box} »`,
      },
    },
    unreported: "Ce qui a été signalé depuis n’a pas pu être lu.",
    decide: {
      title: "Votre décision est nécessaire",
      resend: (n: number) => `Contrôler de nouveau et envoyer à ${n}`,
      resendTwice: (n: number) =>
        n === 1
          ? "Contrôler de nouveau et envoyer à 1 : il peut arriver deux fois"
          : `Contrôler de nouveau et envoyer à ${n} : certains peuvent le recevoir deux fois`,
      drop: "Ne pas envoyer",
      dropRest: (n: number) => (n === 1 ? "Ne pas envoyer à celui qui reste" : `Ne pas envoyer aux ${n} qui restent`),
      dropAgain: "Ne pas renvoyer",
      running: "Nouvelle interrogation des annuaires…",
      queued: "Contrôlé de nouveau et remis en file",
      dropped: "Il ne sera pas envoyé",
    },
    blocked: {
      title: "Contrôlé de nouveau : rien n’a été envoyé",
      who: (n: number, all: number) => `Le contrôle l’arrête pour ${sur(n, all)}.`,
      label: "L’étiquette n’est plus valide :",
      originator: "Le contrôle l’arrête pour vous, l’auteur :",
      link: "En chemin :",
      afterwards:
        "Pour laisser quelqu’un de côté ou donner une autre étiquette, rédigez un nouveau brouillon et choisissez ici «\u00A0Ne pas envoyer\u00A0».",
      more: encore,
    },
    failed: {
      "user-wrong-state": {
        title: "Le message a changé d’état",
        text: "Son état est maintenant un autre, donc rien n’a été fait. Il est affiché tel qu’il est.",
      },
      "user-window-busy": { title: "Une boîte de dialogue est encore ouverte", text: "Fermez-la, puis réessayez." },
      "user-not-saved": {
        title: "La copie n’a pas été enregistrée",
        text: "Les détails disent pourquoi. Choisissez un autre emplacement.",
      },
    },
    save: { copy: "Enregistrer une copie (.eml)", saved: (path: string) => `Enregistré : ${path}` },
    detail: {
      loading: "Lecture du message…",
      unknown: "Ce message n’existe pas",
      unknownHint: "Il vient peut-être d’un autre répertoire de données. Ce qui a été envoyé d’ici est dans la liste.",
      message: (id: string) => `Message ${id}`,
      banner: "Marquage de ce message",
      from: "De",
      time: "Heure",
      id: "Message",
      channels: { mail: "Courriel", chat: "Messagerie" },
      precedence: "Urgence",
      copyPrecedence: "Urgence pour Cc",
      sic: "SIC",
      type: "Type de message",
      reference: "Référence de l’auteur",
      handling: "Traitement",
      exempted: "Exclus des listes",
      attempts: (n: number) => (n < 2 ? `${n} essai` : `${n} essais`),
      text: "Texte",
      noText: "Sans texte",
      attachments: "Pièces jointes",
      sendAt: "Envoi prévu",
    },
    recipients: {
      title: "Destinataires",
      action: "À",
      info: "Cc",
      reply: "Réponse du serveur",
      sum: (parts: string[]) => parts.join(" · "),
      reported: (sum: string) => `signalé : ${sum}`,
      check: "Contrôle à l’envoi",
      link: "En chemin",
      read: (directory: string, time: string, transport: string) =>
        `lu le ${time} dans ${directory}${transport ? ` par ${transport}` : ""}`,
      looked: (where: string) => `cherché dans ${where}`,
      members: (n: number) => (n < 2 ? `${n} membre` : `${n} membres`),
      more: encore,
      by: (list: string) => `comme membre de ${list}`,
      open: (name: string) => `${name} dans l’annuaire`,
    },
    check: {
      title: "Contrôle à l’envoi",
      none: "La version du programme qui l’a envoyé n’a pas gardé de preuves. Le journal d’audit contient la décision.",
      all: (n: number) => `Tout était permis : l’étiquette, vous comme auteur, et ${sur(n, n)}.`,
      overridden:
        "Il a été envoyé sur un motif de votre part, ce que les règles de l’administrateur permettent. Le motif est dans le journal d’audit.",
      overriddenFor: "Non permis par le seul contrôle :",
      you: "vous comme auteur",
      originator: "Auteur",
      policy: "Politique",
      version: (v: number) => `version ${v}`,
      mode: "Classification",
      modes: {
        membership: "par appartenance : l’habilitation la nomme",
        hierarchical: "par hiérarchie : l’habilitation l’atteint",
      },
      sha: "SHA-256",
      copy: "Copier",
      copied: "Copié",
    },
  },
});

export type SentWords = ReturnType<typeof useSentWords>;
