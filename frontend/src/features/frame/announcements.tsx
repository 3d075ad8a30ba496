import { useEffect, useRef } from "react";
import { takeAllBack, takeBack, useAnnouncements } from "../../components/announce";
import { useLanguage } from "../../words/language";
import classes from "./frame.module.css";

/** Announcements are the lines that come and go at the bottom. */
export function Announcements() {
  const shown = useAnnouncements();
  const { language } = useLanguage();
  const said = useRef(language);
  useEffect(() => {
    if (said.current !== language) takeAllBack();
    said.current = language;
  }, [language]);
  return (
    <div className={classes.announce} role="status">
      {shown.map((a) => (
        <div key={a.id} className={classes.toast}>
          {a.text}
          {a.action ? (
            <button
              type="button"
              onClick={() => {
                a.action?.run();
                takeBack(a.id);
              }}
            >
              {a.action.text}
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
