import { useCallback, useMemo, useRef } from "react";
import type { Hit, LabelSelection } from "../../../api/types";
import { Failed } from "../../../components/failed";
import { EmptyState, SkeletonRows } from "../../../components/state";
import type { TableHandle } from "../../../components/table";
import { MarkedBar, useMarked } from "../marked";
import { everything, useList } from "../queries";
import { More, Results } from "../results";
import { useBookWords } from "../words";
import type { Channel } from "./queries";
import { useReceiveWords } from "./words";

type Props = {
  label: LabelSelection;
  channel: Channel;
  nation: string;
  unit: string;
  opened: string | undefined;
  open: (h: Hit) => void;
};

/** People lists those of a unit who may receive the label. */
export function People({ label, channel, nation, unit, opened, open }: Props) {
  const words = useReceiveWords();
  const book = useBookWords();
  const table = useRef<TableHandle>(null);
  const found = useList({ ...everything, kind: "person", nation, organisation: unit, channel, label });
  const hits = useMemo(() => found.data?.hits ?? [], [found.data]);
  const { marks, marked } = useMarked(hits);
  const show = useCallback((h: Hit) => open(h), [open]);
  return (
    <>
      <Failed error={found.error} hasOld={hits.length > 0} retry={() => void found.refetch()} />
      {found.isPending ? <SkeletonRows label={book.loading} /> : null}
      <MarkedBar marked={marked} marks={marks} />
      {hits.length > 0 && found.data ? (
        <Results
          ref={table}
          hits={hits}
          scope={found.data.of}
          opened={opened}
          open={show}
          marks={marks}
          nearEnd={found.nearEnd}
        />
      ) : null}
      {found.data && (hits.length > 0 || (found.data.more && !found.next)) ? (
        <More
          n={hits.length}
          more={found.data.more}
          next={found.next}
          isFetching={found.isFetchingNextPage}
          liveMore={false}
        />
      ) : null}
      {found.isEnd && hits.length === 0 ? (
        <EmptyState title={words.nobodyHere}>{words.nobodyHereHint}</EmptyState>
      ) : null}
    </>
  );
}
