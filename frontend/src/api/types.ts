import type { components } from "./schema";

type Schemas = components["schemas"];

export type BegunDraft = Schemas["BegunDraft"];
export type Change = Schemas["Change"];
export type CopyStatus = Schemas["CopyStatus"];
export type Directory = Schemas["DirectoryDocument"];
export type DirectoryInput = Schemas["DirectoryInput"];
export type Draft = Schemas["Draft"];
export type DraftContent = Schemas["DraftContent"];
export type DraftSummary = Schemas["DraftSummary"];
export type DraftVersion = Schemas["DraftVersion"];
/** Where nothing is published the program says null: the generator leaves that out of a reference. */
export type Entry = Omit<Schemas["EntryDocument"], "capabilities"> & {
  capabilities: Schemas["CapabilitiesDocument"] | null;
};
export type Evidence = Schemas["Evidence"];
export type Fix = Schemas["Fix"];
export type Hit = Schemas["Hit"];
export type Installation = Schemas["InstallationDocument"];
export type KeptAttachment = Schemas["KeptAttachment"];
export type LabelDocument = Schemas["LabelDocument"];
export type LabelSelection = Schemas["LabelSelection"];
export type LabelUse = Schemas["LabelUse"];
export type LabelValue = Schemas["LabelValue"];
export type Inbox = Schemas["InboxDocument"];
export type InboxAddress = Schemas["InboxAddress"];
export type InboxChange = Schemas["InboxChange"];
export type InboxFile = Schemas["InboxFile"];
export type InboxLabel = Schemas["InboxLabel"];
export type InboxMessage = Schemas["InboxMessage"];
export type InboxMilitary = Schemas["InboxMilitary"];
export type InboxReport = Schemas["InboxReport"];
export type InboxRow = Schemas["InboxRow"];
export type Message = Schemas["SentMessage"];
export type Policy = Schemas["PolicyDocument"];
export type Reason = Schemas["Reason"];
export type RecipientReport = Schemas["Recipient"];
export type RecipientStatus = Schemas["SentRecipient"];
export type Report = Schemas["Report"];
export type SearchDocument = Schemas["SearchDocument"];
export type SentClaim = Schemas["SentClaim"];
export type SentEvidence = Schemas["EvidenceDocument"];
export type Seen = Schemas["Seen"];
export type Template = Schemas["Template"];
export type Verdict = Schemas["Verdict"];

export type FieldChange = Schemas["FieldChange"];
export type HeldClearance = Schemas["HeldClearance"];
export type LiveEntry = Omit<Schemas["LiveDocument"], "entry"> & { entry: Entry | null };
export type Members = Schemas["MembersDocument"];
export type MemberRow = Omit<Schemas["MemberRow"], "hit"> & { hit: Hit | null };
export type NodeDocument = Schemas["NodeDocument"];
export type OwnGroup = Schemas["OwnGroup"];
export type OwnGroupHit = Schemas["OwnGroupHit"];
export type OwnGroupInput = Schemas["OwnGroupInput"];
export type Proposal = Schemas["ProposalDocument"];
export type Receive = Schemas["ReceiveDocument"];
export type ReceiveCounts = Schemas["ReceiveCounts"];
export type Reread = Schemas["RereadDocument"];
export type Run = Schemas["RunDocument"];
export type SaveInput = Schemas["SaveInput"];
export type SearchDirectory = Schemas["SearchDirectory"];
export type UsedHit = Omit<Schemas["UsedHit"], "hit"> & { hit: Hit | null };
export type Why = Schemas["WhyDocument"];

export type Outcome = Verdict["outcome"];
export type MessageState = Message["state"];
