import type { components } from "./schema";

type Schemas = components["schemas"];

export type Change = Schemas["Change"];
export type Directory = Schemas["DirectoryState"];
export type Draft = Schemas["Draft"];
export type DraftContent = Schemas["DraftContent"];
export type DraftSummary = Schemas["DraftSummary"];
export type Entry = Schemas["EntryDocument"];
export type Evidence = Schemas["Evidence"];
export type Fix = Schemas["Fix"];
export type Hit = Schemas["Hit"];
export type Installation = Schemas["InstallationDocument"];
export type LabelDocument = Schemas["LabelDocument"];
export type LabelSelection = Schemas["LabelSelection"];
export type LabelValue = Schemas["LabelValue"];
export type Message = Schemas["Message"];
export type Policy = Schemas["PolicyDocument"];
export type Reason = Schemas["Reason"];
export type RecipientReport = Schemas["Recipient"];
export type RecipientStatus = Schemas["RecipientStatus"];
export type Report = Schemas["Report"];
export type SearchDocument = Schemas["SearchDocument"];
export type SentEvidence = Schemas["EvidenceDocument"];
export type Verdict = Schemas["Verdict"];

export type Outcome = Verdict["outcome"];
export type MessageState = Message["state"];
