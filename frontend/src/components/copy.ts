import { useTimeout } from "@mantine/hooks";
import { useState } from "react";

/**
 * useCopy puts a text on the clipboard and says for a moment that it did. The window's page is no secure context and has no
 * navigator.clipboard: there the text is marked and copied as a user would do it.
 */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  const { start } = useTimeout(() => setCopied(false), 1500);
  const copy = async (text: string) => {
    setCopied(await copyText(text));
    start();
  };
  return { copied, copy: (text) => void copy(text) };
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyMarked(text);
  }
}

function copyMarked(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}
