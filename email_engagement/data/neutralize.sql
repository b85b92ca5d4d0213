-- a neutralised copy follows no new emails and records nothing of what comes in
UPDATE res_company
   SET engagement_policy = 'off';

-- no exception of a country follows anybody, either
DELETE FROM email_engagement_policy_country;
