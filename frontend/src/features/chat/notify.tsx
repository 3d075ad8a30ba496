import { Button } from "@mantine/core";
import { useState } from "react";
import { useShell } from "../../api/queries";
import classes from "./chat.module.css";
import { useChatWords } from "./words";

const permission = () => ("Notification" in window ? Notification.permission : "denied");

/** Ask lets the user allow notices of the system. It is never asked without his word; the window has them without. */
export function Ask() {
  const words = useChatWords();
  const shell = useShell();
  const [now, setNow] = useState(permission);
  const [isDenied, setDenied] = useState(false);
  if (isDenied) return <p className={`${classes.denied} quiet`}>{words.denied}</p>;
  if (now !== "default" || shell.data?.window !== false) return null;
  const ask = async () => {
    const answer = await Notification.requestPermission();
    setNow(answer);
    setDenied(answer === "denied");
  };
  return (
    <Button size="compact-sm" variant="subtle" title={words.notifyMeans} onClick={() => void ask()}>
      {words.notify}
    </Button>
  );
}
