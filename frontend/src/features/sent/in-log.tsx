import { Button } from "@mantine/core";
import { Link } from "wouter";
import { useRoles } from "../../api/queries";
import { place } from "../../components/place";
import { useSentWords } from "./words";

/** InLog leads to what the audit log says of a message, for those who may read the log (RULES 19). */
export function InLog({ id }: { id: string }) {
  const { inLog } = useSentWords();
  const roles = useRoles();
  if (!roles.includes("auditor") && !roles.includes("administrator")) return null;
  return (
    <Button component={Link} variant="default" href={place("/admin/audit", id)}>
      {inLog}
    </Button>
  );
}
