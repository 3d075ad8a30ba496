import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { CloseIcon } from "../../components/icons";
import { useShortcuts } from "../../components/shortcuts";
import classes from "./asked.module.css";
import shared from "./chat.module.css";
import { useChatWords } from "./words";

/** Asked stands where a conversation is, while it is asked which one is to be begun. */
export function Asked({ title, children }: { title: string; children: ReactNode }) {
  const words = useChatWords();
  const [, go] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const close = () => go("/chat");
  useShortcuts({ Escape: close });
  return (
    <section className={classes.asked} aria-label={title} data-region="messages">
      <header className={shared.headLine}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <button type="button" className={shared.more} aria-label={words.close} title={words.close} onClick={close}>
          <CloseIcon />
        </button>
      </header>
      {children}
    </section>
  );
}
