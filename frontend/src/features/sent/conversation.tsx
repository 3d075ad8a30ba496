import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, ask } from "../../api/client";
import type { Message } from "../../api/types";
import { place } from "../../components/place";
import { useLanguage } from "../../words/language";
import { fold } from "../draft/addresses";
import { useSentWords } from "./words";

/** InConversation leads to the conversation that a chat message was said in, while that is kept. */
export function InConversation({ message: m, account }: { message: Message; account: string | undefined }) {
  const words = useSentWords();
  const { language } = useLanguage();
  const chat = useQuery({
    queryKey: ["chat", "list", language],
    queryFn: ({ signal }) => ask(api.GET("/api/chat", { params: { query: { lang: language } }, signal })),
  });
  const [to, ...others] = m.recipients;
  const found = chat.data?.conversations.find(
    (c) => to && fold(c.address) === fold(to.address) && (!account || c.account === account),
  );
  if (!found || others.length > 0) return null;
  return (
    <Button component={Link} variant="default" href={place("/chat", found.id)}>
      {words.toConversation}
    </Button>
  );
}
