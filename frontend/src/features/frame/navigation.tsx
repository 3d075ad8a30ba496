import { Popover, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Link, useRoute } from "wouter";
import { useInstallation, useRoles } from "../../api/queries";
import {
  AccountIcon,
  AuditIcon,
  BookIcon,
  DirectoryIcon,
  type IconProps,
  InboxIcon,
  KeyboardIcon,
  NarrowIcon,
  PenIcon,
  PlusIcon,
  PolicyIcon,
  RoomIcon,
  RulesIcon,
  SentIcon,
  SettingsIcon,
  WideIcon,
} from "../../components/icons";
import { newDraftPath } from "../../components/new-draft";
import { type Language, useLanguage, useWords } from "../../words/language";
import { useUnread } from "./arrivals";
import { useChatUnread } from "./chat-news";
import { Directories } from "./directories";
import classes from "./frame.module.css";

type Props = { narrow: boolean; setNarrow: (narrow: boolean) => void; showShortcuts: () => void };

export function Navigation({ narrow, setNarrow, showShortcuts }: Props) {
  const { frame } = useWords();
  const [onDrafts] = useRoute("/");
  const [onDraft] = useRoute("/draft/:id");
  const [onBook] = useRoute("/book/*?");
  const [onInbox] = useRoute("/inbox/:id?");
  const [onSent] = useRoute("/sent/:id?");
  const [onChat] = useRoute("/chat/:id?");
  const unread = useUnread();
  const said = useChatUnread();
  return (
    <nav className={classes.nav} aria-label={frame.navigation}>
      <Page to={newDraftPath} icon={PlusIcon} text={frame.newDraft} narrow={narrow} className={classes.compose} />
      <Page
        to="/inbox"
        icon={InboxIcon}
        text={unread > 0 ? frame.inboxUnread(counted(unread)) : frame.inbox}
        shown={frame.inbox}
        count={unread > 0 ? counted(unread) : ""}
        narrow={narrow}
        current={onInbox}
      />
      <Page
        to="/chat"
        icon={RoomIcon}
        text={said > 0 ? frame.chatUnread(counted(said)) : frame.chat}
        shown={frame.chat}
        count={said > 0 ? counted(said) : ""}
        narrow={narrow}
        current={onChat}
      />
      <Page to="/" icon={PenIcon} text={frame.drafts} narrow={narrow} current={onDrafts || onDraft} />
      <Page to="/book" icon={BookIcon} text={frame.book} narrow={narrow} current={onBook} />
      <Page to="/sent" icon={SentIcon} text={frame.sent} narrow={narrow} current={onSent} />
      <Administration narrow={narrow} />
      <span className={classes.last} />
      <Directories narrow={narrow} />
      <Settings narrow={narrow} />
      <Tool icon={KeyboardIcon} text={frame.help} narrow={narrow} onClick={showShortcuts} />
      <Tool
        icon={narrow ? WideIcon : NarrowIcon}
        text={narrow ? frame.expand : frame.collapse}
        narrow={narrow}
        onClick={() => setNarrow(!narrow)}
      />
    </nav>
  );
}

/** Administration lists the pages of those who set the installation up and look after it; who has no role for one does not see it. */
function Administration({ narrow }: { narrow: boolean }) {
  const { frame } = useWords();
  const roles = useRoles();
  const [onDirectories] = useRoute("/admin/directories/*?");
  const [onAdding] = useRoute("/admin/add-directory");
  const [onNations] = useRoute("/admin/nations/*?");
  const [onPolicies] = useRoute("/admin/policies/*?");
  const [onRules] = useRoute("/admin/rules/*?");
  const [onAccounts] = useRoute("/admin/accounts/*?");
  const [onAudit] = useRoute("/admin/audit/*?");
  return (
    <div className={classes.group} role="group" aria-label={frame.administration}>
      {narrow ? null : <p className={classes.groupName}>{frame.administration}</p>}
      <Page
        to="/admin/directories"
        icon={DirectoryIcon}
        text={frame.directoriesPage}
        narrow={narrow}
        current={onDirectories || onAdding || onNations}
      />
      <Page to="/admin/policies" icon={PolicyIcon} text={frame.policies} narrow={narrow} current={onPolicies} />
      <Page to="/admin/rules" icon={RulesIcon} text={frame.rules} narrow={narrow} current={onRules} />
      {roles.includes("administrator") ? (
        <Page to="/admin/accounts" icon={AccountIcon} text={frame.accounts} narrow={narrow} current={onAccounts} />
      ) : null}
      {roles.includes("administrator") || roles.includes("auditor") ? (
        <Page to="/admin/audit" icon={AuditIcon} text={frame.audit} narrow={narrow} current={onAudit} />
      ) : null}
    </div>
  );
}

const most = 99; // unread messages that are counted out

const counted = (n: number) => (n > most ? `${most}+` : String(n));

type Item = {
  icon: (p: IconProps) => React.JSX.Element;
  text: string;
  narrow: boolean;
  className?: string | undefined;
};

function Page({
  to,
  icon: Icon,
  text,
  narrow,
  className,
  current,
  shown = text,
  count = "",
}: Item & { to: string | (() => string); current?: boolean; shown?: string; count?: string }) {
  return (
    <Link
      href={typeof to === "string" ? to : to()}
      className={className ?? ""}
      aria-current={current ? "page" : undefined}
      aria-label={text}
      title={narrow ? text : undefined}
    >
      <Icon />
      {narrow ? null : shown}
      {count ? (
        <>
          {" "}
          <span className={classes.unread}>{count}</span>
        </>
      ) : null}
    </Link>
  );
}

function Tool({ icon: Icon, text, narrow, onClick }: Item & { onClick: () => void }) {
  return (
    <button
      type="button"
      className={classes.tool}
      onClick={onClick}
      aria-label={text}
      title={narrow ? text : undefined}
    >
      <Icon />
      {narrow ? null : <span>{text}</span>}
    </button>
  );
}

/** Settings are those of the page alone: theme and language. */
function Settings({ narrow }: { narrow: boolean }) {
  const { frame } = useWords();
  const { language, setLanguage } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const installation = useInstallation();
  return (
    <Popover position="right-end" withArrow trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.tool}
          aria-label={frame.settings}
          title={narrow ? frame.settings : undefined}
        >
          <SettingsIcon />
          {narrow ? null : <span>{frame.settings}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={frame.settings}>
        <div className={classes.choices}>
          <div role="group" aria-label={frame.theme}>
            <p className="quiet">{frame.theme}</p>
            <SegmentedControl
              size="xs"
              fullWidth
              value={colorScheme}
              onChange={(v) => setColorScheme(v as "auto" | "light" | "dark")}
              data={[
                { value: "auto", label: frame.themeSystem },
                { value: "light", label: frame.themeLight },
                { value: "dark", label: frame.themeDark },
              ]}
            />
          </div>
          <div role="group" aria-label={frame.language}>
            <p className="quiet">{frame.language}</p>
            <SegmentedControl
              size="xs"
              fullWidth
              value={language}
              onChange={(v) => setLanguage(v as Language)}
              data={[
                { value: "en", label: "English" },
                { value: "fr", label: "Français" },
              ]}
            />
          </div>
          <p className="quiet">{frame.version(installation.data?.version ?? "")}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
