import { Button, Popover } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import type { BegunDraft } from "../../api/types";
import { upload } from "../../api/upload";
import { beginDraft } from "../../components/begin-draft";
import { ProblemState } from "../../components/state";
import classes from "./drafts.module.css";
import { useDraftsWords } from "./words";

const kinds = ["reply", "reply-all", "forward"] as const;
type Kind = (typeof kinds)[number];

/** FromFile begins an answer to a message that was saved in a file, or passes it on. */
export function FromFile() {
  const { file: words } = useDraftsWords();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} withinPortal={false} trapFocus position="bottom-end">
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened(!opened)}>
          {words.open}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.open}>{opened ? <Choice /> : null}</Popover.Dropdown>
    </Popover>
  );
}

function Choice() {
  const { file: words } = useDraftsWords();
  const [, go] = useLocation();
  const files = useRef<HTMLInputElement>(null);
  const kind = useRef<Kind>("reply");
  const begin = useMutation({
    mutationFn: async (file: File) => {
      const bytes = await file.arrayBuffer();
      const path = `/api/drafts/from-file?kind=${kind.current}`;
      const { content, notes } = (await upload(path, bytes, { type: "message/rfc822" })) as BegunDraft;
      return { path: await beginDraft(content), notes };
    },
    onSuccess: ({ path, notes }) => {
      if (notes.length === 0) go(path);
    },
  });
  if (begin.data && begin.data.notes.length > 0) {
    return (
      <div className={classes.begin} role="status">
        <strong>{words.notes}</strong>
        <ul>
          {begin.data.notes.map((n) => (
            <li key={n}>{n}</li>
          ))}
        </ul>
        <Link href={begin.data.path}>{words.toDraft}</Link>
      </div>
    );
  }
  return (
    <div className={classes.begin}>
      <p className="quiet">{words.means}</p>
      <input
        ref={files}
        type="file"
        accept=".eml,message/rfc822"
        hidden
        onChange={(e) => {
          const file = e.currentTarget.files?.[0];
          e.currentTarget.value = "";
          if (file) begin.mutate(file);
        }}
      />
      {begin.isError ? <ProblemState error={begin.error} inline /> : null}
      <div className={classes.kinds}>
        {kinds.map((k) => (
          <Button
            key={k}
            size="compact-sm"
            variant="default"
            disabled={begin.isPending}
            onClick={() => {
              kind.current = k;
              files.current?.click();
            }}
          >
            {words.kinds[k]}
          </Button>
        ))}
      </div>
    </div>
  );
}
