-- a neutralised copy follows no new emails and records nothing of what comes in
UPDATE res_company
   SET engagement_policy = 'off',
       engagement_policy_chosen = TRUE;

-- no exception of a country follows anybody, either
DELETE FROM email_engagement_policy_country;

-- nor does it remind or alert anybody of what happened in the original
UPDATE email_engagement
   SET reminder_state = 'cancelled'
 WHERE reminder_state = 'set';
DELETE FROM email_engagement_alert;

-- no token of the original is signed or known here: what a copy makes would hold there,
-- where it is reached under the same address. The key of addresses stays, since
-- refusals are found by it
UPDATE ir_config_parameter
   SET value = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
 WHERE key = 'email_engagement.secret';

-- what a check has found, it has found in the original
UPDATE res_company
   SET engagement_check_level = NULL,
       engagement_check_date = NULL,
       engagement_named_urls = NULL;
