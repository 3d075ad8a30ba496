import type { ReactNode } from "react";

/** Icons are 16 px, drawn with 1.5 px lines in the colour of the text; words always stand beside or behind them. */
export type IconProps = { size?: number; title?: string };

function Line({ size = 16, title, children }: IconProps & { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has one where no words stand beside it
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={title ? "img" : undefined}
      aria-hidden={title ? undefined : true}
      focusable="false"
    >
      {title ? <title>{title}</title> : null}
      {children}
    </svg>
  );
}

export const PenIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2.5 13.5l.8-3.2 7.9-7.9 2.4 2.4-7.9 7.9zM9.5 4.1l2.4 2.4" />
  </Line>
);
export const BookIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M3 2.5h8.5a1.5 1.5 0 0 1 1.5 1.5v9.5H4.5A1.5 1.5 0 0 1 3 12zM3 12a1.5 1.5 0 0 1 1.5-1.5H13M6 5.5h4" />
  </Line>
);
export const SentIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M14 2 7 9M14 2 9.5 14 7 9 2 6.5z" />
  </Line>
);
export const PolicyIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 1.500 13.500 3.500v4c0 3.500-2.300 5.800-5.500 7-3.200-1.200-5.500-3.500-5.500-7v-4zM5.500 8l2 2 3-3.500" />
  </Line>
);
export const RulesIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 2v12M5 14h6M3 4h10M3 4 1.500 8.500h3zM13 4l-1.500 4.500h3z" />
  </Line>
);
export const AccountIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM3 13.500c.500-2.500 2.500-3.500 5-3.500s4.500 1 5 3.500" />
  </Line>
);
export const AuditIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M3 3h1M3 8h1M3 13h1M6.500 3H13M6.500 8H13M6.500 13H13" />
  </Line>
);
export const InboxIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2 9.500 4 3h8l2 6.500v4H2zM2 9.500h3.500l1 1.500h3l1-1.500H14" />
  </Line>
);
export const RefreshIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M13.500 3v3.500H10M13.300 6.500A5.500 5.500 0 1 0 13.500 9" />
  </Line>
);
export const PlusIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 3v10M3 8h10" />
  </Line>
);
export const CloseIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Line>
);
export const SearchIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3" />
  </Line>
);
export const DirectoryIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 5.5v2M3.5 10V7.5h9V10M6.5 2.5h3v3h-3zM2 10.5h3v3H2zM11 10.5h3v3h-3z" />
  </Line>
);
export const SettingsIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2 5h6M12 5h2M2 11h2M8 11h6M10 3.200v3.600M6 9.200v3.6" />
  </Line>
);
export const KeyboardIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M1.5 4h13v8h-13zM4 6.500h.01M6.7 6.500h.01M9.3 6.500h.01M12 6.500h.01M5 9.500h6" />
  </Line>
);
export const ChevronIcon = ({ up, ...p }: IconProps & { up?: boolean }) => (
  <Line {...p}>{up ? <path d="m3 10 5-5 5 5" /> : <path d="m3 6 5 5 5-5" />}</Line>
);
export const NarrowIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M9 4 5 8l4 4M13 3v10" />
  </Line>
);
export const WideIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="m7 4 4 4-4 4M3 3v10" />
  </Line>
);
export const UndoIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6" />
  </Line>
);
export const GroupIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M6 7.500a2.250 2.250 0 1 0 0-4.500 2.250 2.250 0 0 0 0 4.500zM1.500 13c.3-2.300 2.100-3.500 4.500-3.500s4.200 1.200 4.500 3.500M10.500 3.200a2.200 2.200 0 0 1 0 4.100M12 9.800c1.400.5 2.300 1.600 2.500 3.200" />
  </Line>
);
export const RoleIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2 5.500h12v8H2zM6 5.500V3h4v2.500M2 9h12M8 8.200v1.600" />
  </Line>
);
export const RoomIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2 3h12v8H7.500L4.500 13.500V11H2zM5 6h6M5 8.300h4" />
  </Line>
);
export const UnlistedIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 7.500a2.250 2.250 0 1 0 0-4.500 2.250 2.250 0 0 0 0 4.500zM3.500 13c.3-2.300 2.100-3.500 4.500-3.500 1 0 1.800.2 2.500.6M11 11l3 3M14 11l-3 3" />
  </Line>
);
export const SaveIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 2v8M5 7l3 3 3-3M2.5 11v2.500h11V11" />
  </Line>
);
export const FileIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M9.500 1.500h-6v13h9v-10zM9.500 1.500v3h3" />
  </Line>
);
export const AttachIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="m13 7.500-5.300 5.300a3 3 0 0 1-4.200-4.200l5.600-5.600a2 2 0 0 1 2.800 2.800L6.300 11.400a1 1 0 0 1-1.400-1.400l4.800-4.800" />
  </Line>
);
export const HistoryIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M2.500 3v3h3M2.700 6a5.500 5.500 0 1 1-.2 3M8 5v3l2 1.500" />
  </Line>
);
export const WarningIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M8 2 14.5 13.500h-13zM8 6.500v3M8 11.500h.01" />
  </Line>
);

/** The five outcomes have shapes of their own, so that they can be told apart without colour. */
export const ClearedIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="m3 8.5 3.5 3.500L13 4.5" strokeWidth={2} />
  </Line>
);
export const RefusedIcon = ({ size = 16, title }: IconProps) => (
  // biome-ignore lint/a11y/noSvgWithoutTitle: it has one where no words stand beside it
  <svg
    width={size}
    height={size}
    viewBox="0 0 16 16"
    role={title ? "img" : undefined}
    aria-hidden={title ? undefined : true}
    focusable="false"
  >
    {title ? <title>{title}</title> : null}
    <path fill="var(--refused)" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />
    <path fill="#fff" d="M4 7h8v2.2H4z" />
  </svg>
);
export const UnknownIcon = (p: IconProps) => (
  <Line {...p}>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M6 6.300a2 2 0 1 1 2.8 1.800c-.5.25-.8.6-.8 1.200M8 11.500h.01" />
  </Line>
);
export const StaleIcon = (p: IconProps) => (
  <Line {...p}>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M8 4v4l2.7 1.7" />
  </Line>
);
export const BrokenIcon = (p: IconProps) => (
  <Line {...p}>
    <path d="M3.5 6V1.500h6l3 3V6M9.5 1.500v3h3M3.5 14.500v-4l2 1.5 2-2 2 2 3-2v4.500zM3.5 7.500l2 1.5 2-2 2 2 3-2" />
  </Line>
);
export const StarIcon = ({ filled, ...p }: IconProps & { filled?: boolean }) => (
  <Line {...p}>
    <path
      d="m8 1.800 1.900 3.900 4.300.6-3.100 3 .7 4.300L8 11.600l-3.800 2 .7-4.300-3.100-3 4.300-.6z"
      fill={filled ? "currentColor" : "none"}
    />
  </Line>
);
