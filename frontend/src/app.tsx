import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Component, type ReactNode, useEffect, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { refreshOnChange } from "./api/changes";
import { ProblemState } from "./components/state";
import { AccountsPage } from "./features/accounts/page";
import { AuditPage } from "./features/audit/page";
import { BrowsePage } from "./features/book/browse/page";
import { OwnPage } from "./features/book/own/page";
import { BookPage } from "./features/book/page";
import { ReceivePage } from "./features/book/receive/page";
import { ChatPage } from "./features/chat/page";
import { refreshChat } from "./features/chat/refresh";
import { AddDirectoryPage } from "./features/directories/add/page";
import { NationsPage } from "./features/directories/nations/page";
import { DirectoriesPage } from "./features/directories/page";
import { DraftPage } from "./features/draft/page";
import { DraftsPage } from "./features/drafts/page";
import { Frame } from "./features/frame/frame";
import { NotFound } from "./features/frame/not-found";
import { InboxPage } from "./features/inbox/page";
import { PoliciesPage } from "./features/policies/page";
import { RulesPage } from "./features/rules/page";
import { SentPage } from "./features/sent/page";
import { theme } from "./theme";
import { LanguageProvider } from "./words/language";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="caveat-style-nonce"]')?.content ?? "";

/** newQueries makes the cache of answers: asked again when the program says that something changed, not by a clock. */
export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 60_000, retry: false, refetchOnWindowFocus: false, networkMode: "always" },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

export function App() {
  const [queries] = useState(newQueries);
  useEffect(() => refreshOnChange(queries), [queries]);
  useEffect(() => refreshChat(queries), [queries]);
  return (
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
          <Frame>
            <Fence>
              <Switch>
                <Route path="/" component={DraftsPage} />
                <Route path="/draft/:id">{({ id }) => <DraftPage key={id} id={id} />}</Route>
                <Route path="/book/browse/:id?" component={BrowsePage} />
                <Route path="/book/own/:id?" component={OwnPage} />
                <Route path="/book/receive/:id?" component={ReceivePage} />
                <Route path="/book/directories/:name?">
                  {(p) => <Redirect to={`/admin/directories${p.name ? `/${p.name}` : ""}`} replace />}
                </Route>
                <Route path="/book/add-directory">
                  <Redirect to="/admin/add-directory" replace />
                </Route>
                <Route path="/book/:id?" component={BookPage} />
                <Route path="/inbox/:id?" component={InboxPage} />
                <Route path="/chat/:id?" component={ChatPage} />
                <Route path="/sent/:id?" component={SentPage} />
                <Route path="/admin/directories/:name?" component={DirectoriesPage} />
                <Route path="/admin/add-directory" component={AddDirectoryPage} />
                <Route path="/admin/nations/:nation?" component={NationsPage} />
                <Route path="/admin/policies/:id?" component={PoliciesPage} />
                <Route path="/admin/rules/:id?" component={RulesPage} />
                <Route path="/admin/accounts/:id?" component={AccountsPage} />
                <Route path="/admin/audit/:id?" component={AuditPage} />
                <Route component={NotFound} />
              </Switch>
            </Fence>
          </Frame>
        </MantineProvider>
      </LanguageProvider>
    </QueryClientProvider>
  );
}

/** Fence keeps a fault of one page from taking the navigation with it. */
class Fence extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return this.state.error ? (
      <ProblemState error={this.state.error} retry={() => this.setState({ error: null })} />
    ) : (
      this.props.children
    );
  }
}
