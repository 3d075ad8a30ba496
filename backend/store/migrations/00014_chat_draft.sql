-- +goose Up
-- To whom a chat draft goes that goes to nobody besides, as addresses are compared: a conversation finds its draft without any text being
-- read. Empty: it is none.
ALTER TABLE draft ADD COLUMN chat_to TEXT NOT NULL DEFAULT '';
UPDATE draft SET chat_to = lower(trim(json_extract(content, '$.action[0]')))
    WHERE CASE WHEN json_valid(content) THEN json_extract(content, '$.channel') = 'chat' AND json_array_length(content, '$.action') = 1
        AND coalesce(json_array_length(content, '$.info'), 0) = 0 ELSE 0 END;
CREATE INDEX draft_chat_to ON draft (chat_to, changed) WHERE chat_to <> '';
