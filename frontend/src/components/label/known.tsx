import { Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { DraftContent, LabelSelection, LabelUse } from "../../api/types";
import { useLanguage } from "../../words/language";
import { StarIcon } from "../icons";
import panel from "../panel.module.css";
import { ProblemState } from "../state";
import classes from "./label.module.css";
import { useLabelWords } from "./words";

const most = 8; // labels that are offered; more would have to be read rather than seen

const key = (s: LabelSelection) => JSON.stringify({ ...s, reviewDate: undefined });

/** useUses gives the labels that the user keeps or has used, and what keeps one. */
function useUses() {
  const { language } = useLanguage();
  const queries = useQueryClient();
  const queryKey = ["label-uses", language];
  const uses = useQuery({
    queryKey,
    queryFn: ({ signal }) => ask(api.GET("/api/label/favourites", { params: { query: { lang: language } }, signal })),
    staleTime: 0,
  });
  const star = useMutation({
    mutationFn: (body: { selection: LabelSelection; favourite: boolean }) =>
      ask(api.PUT("/api/label/favourites", { params: { query: { lang: language } }, body })),
    onSuccess: (all) => queries.setQueryData(queryKey, all),
  });
  return { uses, star };
}

type Choosing = {
  choose: (s: LabelSelection) => void;
  /** Why a label cannot be chosen here; "": it can. */
  barred: (s: LabelSelection) => string;
};

type Props = Choosing & { selection: LabelSelection; canKeep: boolean };

/** Known are the labels that the user keeps as favourites, and those used lately: one click chooses one. */
export function Known({ selection, canKeep, choose, barred }: Props) {
  const words = useLabelWords();
  const { uses, star } = useUses();
  const all = uses.data ?? [];
  const isKept = all.some((u) => u.favourite && key(u.selection) === key(selection));
  const favourites = all.filter((u) => u.favourite).slice(0, most);
  const recent = all.filter((u) => !u.favourite).slice(0, most);
  if (all.length === 0 && !canKeep && !uses.isError) return null;
  return (
    <>
      {uses.isError ? <ProblemState error={uses.error} inline /> : null}
      <Row name={words.favourites} uses={favourites} choose={choose} barred={barred}>
        {canKeep ? (
          <button
            type="button"
            className={`${panel.act} ${classes.keep}`}
            disabled={star.isPending}
            aria-pressed={isKept}
            onClick={() => star.mutate({ selection, favourite: !isKept })}
          >
            <StarIcon filled={isKept} />
            {isKept ? words.keepNoMore : words.keep}
          </button>
        ) : null}
      </Row>
      {star.isError ? <ProblemState error={star.error} inline /> : null}
      <Row name={words.recent} uses={recent} choose={choose} barred={barred} />
    </>
  );
}

type RowProps = Choosing & { name: string; uses: LabelUse[]; children?: React.ReactNode };

function Row({ name, uses, choose, barred, children }: RowProps) {
  if (uses.length === 0 && !children) return null;
  return (
    <div className={classes.set} role="group" aria-label={name}>
      <div className={classes.name}>{name}</div>
      <div className={classes.values}>
        {uses.map((u) => (
          <LabelButton
            key={key(u.selection)}
            label={u}
            name={u.selection.classification}
            why={barred(u.selection)}
            choose={() => choose(u.selection)}
          />
        ))}
        {children}
      </div>
    </div>
  );
}

type ButtonProps = {
  label: { marking: string; background: string; foreground: string };
  /** What it is called where it has no marking. */
  name: string;
  /** Why it cannot be chosen; "": it can. */
  why: string;
  choose: () => void;
};

/** LabelButton is a whole label that one click chooses. One that is barred stays in reach, struck out, so that the reason can be read. */
export function LabelButton({ label: l, name, why, choose }: ButtonProps) {
  const isBarred = why !== "";
  const style = l.background && !isBarred ? { background: l.background, color: l.foreground } : undefined;
  const button = (
    <button
      type="button"
      className={classes.known}
      style={style}
      data-refused={isBarred || undefined}
      aria-disabled={isBarred || undefined}
      aria-description={isBarred ? why : undefined}
      onClick={() => {
        if (!isBarred) choose();
      }}
    >
      {l.marking || name}
    </button>
  );
  if (!isBarred) return button;
  return (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      {button}
    </Tooltip>
  );
}

/**
 * Everyone says, before a label is chosen, what all recipients can get. It is information: a label describes what is in the
 * message, not who may get it, so nothing here chooses one (RULES 1).
 */
export function Everyone({ draft }: { draft: DraftContent }) {
  const words = useLabelWords();
  const { language } = useLanguage();
  const found = useQuery({
    queryKey: ["label-everyone", draft, language],
    queryFn: ({ signal }) => ask(api.POST("/api/label/everyone", { body: { draft, lang: language }, signal })),
    staleTime: 0,
    gcTime: 30_000,
  });
  if (found.isPending) return null;
  return (
    <section className={classes.everyone} aria-label={words.everyone}>
      <h3>{words.everyone}</h3>
      {found.isError ? <ProblemState error={found.error} inline /> : null}
      {found.data && found.data.labels.length > 0 ? (
        <ul>
          {found.data.labels.map((l) => (
            <li
              key={key(l.selection)}
              style={l.background ? { background: l.background, color: l.foreground } : undefined}
            >
              {l.marking || l.selection.classification}
            </li>
          ))}
        </ul>
      ) : null}
      {found.data?.labels.length === 0 ? <p>{words.everyoneNone}</p> : null}
      {found.data && found.data.more !== "none" ? <p>{words.everyoneMore[found.data.more]}</p> : null}
      {found.data?.note ? <p className="quiet">{found.data.note}</p> : null}
      <p className="quiet">{words.everyoneMeans}</p>
    </section>
  );
}
