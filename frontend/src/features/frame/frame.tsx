import { useLocalStorage } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { useLink } from "../../api/changes";
import { useInstallation } from "../../api/queries";
import { newDraftPath } from "../../components/new-draft";
import { useShortcuts } from "../../components/shortcuts";
import { ProblemState } from "../../components/state";
import { useWords } from "../../words/language";
import { Announcements } from "./announcements";
import { useArrivals } from "./arrivals";
import { CannotSend } from "./cannot-send";
import { useChatNews } from "./chat-news";
import classes from "./frame.module.css";
import { GoneNotice } from "./gone";
import { Navigation } from "./navigation";
import { useNews } from "./news";
import { ShortcutList } from "./shortcut-list";
import { SystemHigh } from "./system-high";
import { Warnings } from "./warnings";

/** Frame is what stays: the installation's marking around everything, navigation at the left, the work beside it. */
export function Frame({ children }: { children: ReactNode }) {
  const words = useWords();
  const [, go] = useLocation();
  const [listed, setListed] = useState(false);
  const [narrow, setNarrow] = useLocalStorage({
    key: "caveat-narrow",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const installation = useInstallation();
  const link = useLink();
  useNews();
  useArrivals();
  useChatNews();
  useShortcuts({
    c: () => go(newDraftPath()),
    "g b": () => go("/book"),
    "g o": () => go("/book/browse"),
    "g w": () => go("/book/receive"),
    "g d": () => go("/"),
    "g i": () => go("/inbox"),
    "g c": () => go("/chat"),
    "g s": () => go("/sent"),
    "g n": () => go("/admin/directories"),
    "g p": () => go("/admin/policies"),
    "g r": () => go("/admin/rules"),
    "g a": () => go("/admin/accounts"),
    "g l": () => go("/admin/audit"),
    "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    "?": () => setListed(true),
  });
  const broken = installation.isError && link.state === "here";
  return (
    <div className={classes.frame} data-narrow={narrow || undefined}>
      <a className={classes.skip} href="#work">
        {words.frame.skip}
      </a>
      <SystemHigh installation={installation.data} />
      <Navigation narrow={narrow} setNarrow={setNarrow} showShortcuts={() => setListed(true)} />
      <main id="work" className={classes.work} tabIndex={-1}>
        <GoneNotice />
        <Warnings />
        <CannotSend />
        <div className={classes.page}>
          {broken && !installation.data ? (
            <ProblemState error={installation.error} retry={() => void installation.refetch()} />
          ) : (
            children
          )}
        </div>
      </main>
      <Announcements />
      <ShortcutList opened={listed} close={() => setListed(false)} />
    </div>
  );
}
