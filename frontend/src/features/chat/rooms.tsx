import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import type { ChatConversation, ChatRoom, ChatService } from "../../api/types";
import { WarningIcon } from "../../components/icons";
import { Nation } from "../../components/nation";
import { place } from "../../components/place";
import { ProblemState, SkeletonRows } from "../../components/state";
import { looksLikeAddress } from "../draft/addresses";
import { Asked } from "./asked";
import classes from "./asked.module.css";
import shared from "./chat.module.css";
import { Joiner } from "./joiner";
import { useServices } from "./queries";
import { useChatWords } from "./words";

/** Rooms are those of the nations' services; each can be entered, and any other by its address. */
export function Rooms({ conversations }: { conversations: readonly ChatConversation[] }) {
  const { rooms: words } = useChatWords();
  const services = useServices();
  const [text, setText] = useState("");
  const [address, setAddress] = useState(() => new URLSearchParams(window.location.search).get("room") ?? "");
  const [isOdd, setOdd] = useState(false); // what stands there was meant to be an address
  const finder = useRef<HTMLDivElement>(null);
  const isAddress = looksLikeAddress(address);
  const again = () => void services.refetch();
  return (
    <Asked title={words.title}>
      <div ref={finder} className={classes.finder}>
        <label>
          {words.filter}
          <input
            value={text}
            data-search
            autoComplete="off"
            spellCheck={false}
            onChange={(e) => setText(e.currentTarget.value)}
          />
        </label>
        <label>
          {words.address}
          <input
            value={address}
            placeholder={words.hint}
            autoComplete="off"
            spellCheck={false}
            maxLength={3071}
            onChange={(e) => {
              setAddress(e.currentTarget.value);
              setOdd(false);
            }}
            onBlur={() => setOdd(address.trim() !== "")}
            onKeyDown={(e) => {
              if (e.key !== "Enter" || e.nativeEvent.isComposing) return;
              setOdd(address.trim() !== "");
              finder.current?.querySelector<HTMLElement>("button:not(:disabled)")?.click();
            }}
          />
        </label>
        <Joiner key={address} room={address} text={words.join} disabled={!isAddress} />
        {isOdd && !isAddress ? <p role="alert">{words.malformed}</p> : null}
      </div>
      {services.isPending ? <SkeletonRows label={words.loading} rows={10} /> : null}
      {services.isError ? <ProblemState error={services.error} retry={again} inline /> : null}
      {services.data?.length === 0 ? (
        <p>
          <strong>{words.noServices}.</strong> {words.noServicesText}
        </p>
      ) : null}
      {services.data?.map((s) => (
        <Service
          key={`${s.account} ${s.service}`}
          service={s}
          text={text.trim().toLowerCase()}
          conversations={conversations}
          again={again}
          isAsking={services.isFetching}
        />
      ))}
    </Asked>
  );
}

type ServiceProps = {
  service: ChatService;
  text: string;
  conversations: readonly ChatConversation[];
  again: () => void;
  isAsking: boolean;
};

function Service({ service: s, text, conversations, again, isAsking }: ServiceProps) {
  const { rooms: words } = useChatWords();
  const rooms = s.rooms.filter((r) => `${r.name} ${r.address}`.toLowerCase().includes(text));
  return (
    <section className={classes.service} aria-label={s.name}>
      <h2>
        <Nation code={s.nation} /> <span className="mono">{s.service}</span>
      </h2>
      {s.problem ? (
        <div className={classes.failed}>
          <p>
            <WarningIcon size={12} /> <strong>{words.failed}.</strong>
          </p>
          <p className="quiet">{s.problem}</p>
          <Button size="compact-sm" variant="default" disabled={isAsking} onClick={again}>
            {words.retry}
          </Button>
        </div>
      ) : null}
      {!s.problem && rooms.length === 0 ? <p className="quiet">{text ? words.nothing : words.none}</p> : null}
      <ul>
        {rooms.map((r) => (
          <Room
            key={r.address}
            room={r}
            account={s.account}
            conversation={conversations.find((c) => c.account === s.account && c.address === r.address)}
          />
        ))}
      </ul>
    </section>
  );
}

type RoomProps = { room: ChatRoom; account: string; conversation: ChatConversation | undefined };

function Room({ room: r, account, conversation: c }: RoomProps) {
  const { rooms: words } = useChatWords();
  const [, go] = useLocation();
  const name = r.name === r.address ? (r.address.split("@")[0] ?? r.address) : r.name;
  const notes = [r.joined ? words.inIt : "", r.bookmarked ? words.bookmarked : ""].filter(Boolean).join(" · ");
  return (
    <li>
      <div>
        <strong>{name}</strong> <span className="mono quiet">{r.address}</span>
        {notes ? <span> · {notes}</span> : null}
        {r.listed ? null : (
          <p className={shared.doubt}>
            <WarningIcon size={12} /> {words.unlisted}
          </p>
        )}
      </div>
      {c?.joined ? (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={words.openOf(name)}
          onClick={() => go(place("/chat", c.id))}
        >
          {words.open}
        </Button>
      ) : (
        <Joiner room={r.address} account={account} text={words.join} label={words.joinOf(name)} />
      )}
    </li>
  );
}
