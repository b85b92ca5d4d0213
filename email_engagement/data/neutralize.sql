-- a neutralised copy follows no new emails and records nothing of what comes in
UPDATE res_company
   SET engagement_policy = 'off';

-- no exception of a country follows anybody, either
DELETE FROM email_engagement_policy_country;

-- nor does it remind or alert anybody of what happened in the original
UPDATE email_engagement
   SET reminder_state = 'cancelled'
 WHERE reminder_state = 'set';
DELETE FROM email_engagement_alert;
