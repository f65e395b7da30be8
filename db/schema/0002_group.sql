-- SPDX-License-Identifier: ISC
-- Acknowledgements of X12 name the group that they speak of.
CREATE INDEX message_group ON message (grp) WHERE grp <> '';
