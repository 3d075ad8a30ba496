import { catalogue } from "../../../words/language";

/** The words of sending later. */
export const useLaterWords = catalogue({
  en: {
    open: "Choose when it is sent",
    title: "Send later",
    day: "Day",
    time: "Time (UTC)",
    dayFormat: "YYYY-MM-DD",
    wrong: "Write the day as 2026-11-21 and the time as 14:05.",
    past: "That is over already.",
    means: "It is checked now, and again at that time. What is not cleared then is held for you.",
    set: (time: string) => `Set to ${time}`,
    done: "Done",
    atOnce: "Send at once instead",
    sendAt: (n: number, time: string) => `Send to ${n} at ${time}`,
    checkAndSendAt: (time: string) => `Check again and send at ${time}`,
    warnings: "Before that time",
    checking: "Checking what ends before that time…",
    notChecked: "What ends before that time is checked once there are a label and a recipient.",
    failed: "Could not check what ends before that time.",
    nothingEnds: "Nothing is known to end before that time.",
    isOver: "The time at which this was to be sent is over: choose another, or send it at once.",
  },
  fr: {
    open: "Choisir le moment de l’envoi",
    title: "Envoyer plus tard",
    day: "Jour",
    time: "Heure (UTC)",
    dayFormat: "AAAA-MM-JJ",
    wrong: "Écrivez le jour comme 2026-11-21 et l’heure comme 14:05.",
    past: "Ce moment est déjà passé.",
    means: "Il est contrôlé maintenant, puis à ce moment. Ce qui n’est alors pas habilité attend votre décision.",
    set: (time: string) => `Fixer à ${time}`,
    done: "Terminé",
    atOnce: "Envoyer plutôt maintenant",
    sendAt: (n: number, time: string) => `Envoyer à ${n} à ${time}`,
    checkAndSendAt: (time: string) => `Contrôler et envoyer à ${time}`,
    warnings: "Avant ce moment",
    checking: "Recherche de ce qui expire avant ce moment…",
    notChecked: "Ce qui expire avant ce moment sera contrôlé dès qu’il y aura une étiquette et un destinataire.",
    failed: "Impossible de contrôler ce qui expire avant ce moment.",
    nothingEnds: "Rien de connu n’expire avant ce moment.",
    isOver: "Le moment prévu est passé : choisissez-en un autre, ou envoyez maintenant.",
  },
});

export type LaterWords = ReturnType<typeof useLaterWords>;
