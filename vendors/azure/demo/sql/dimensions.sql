-- Everything about the bill that no month changes: commitments, resources.

CREATE OR REPLACE TABLE commitment AS
SELECT c.*, s.subscription_id, s.subscription_name,
    (SELECT last_month FROM plan) + to_months(c.month) AS start_at,
    coalesce((SELECT last_month FROM plan) + to_months(c.returned),
        (SELECT last_month FROM plan) + to_months(c.month + 12 * c.years)) AS end_at,
    uuid_of(concat('order/', c.commitment)) AS order_id,
    CASE c.kind
        WHEN 'RI' THEN concat('/providers/Microsoft.Capacity/reservationOrders/',
            uuid_of(concat('order/', c.commitment)), '/reservations/', uuid_of(concat('item/', c.commitment)))
        ELSE concat('/providers/Microsoft.BillingBenefits/savingsPlanOrders/',
            uuid_of(concat('order/', c.commitment)), '/savingsPlans/', uuid_of(concat('item/', c.commitment)))
    END AS benefit_id,
    CASE c.kind WHEN 'RI' THEN 'Reservation' ELSE 'SavingsPlan' END AS model
FROM commitment_plan AS c JOIN subscription_plan AS s USING (subscription);

-- A unit of a fleet is one resource; a larger bill splits its work among twins.
CREATE OR REPLACE TABLE resource AS
WITH

units AS (
    SELECT f.*, unnest(range(f.units * (SELECT twins FROM plan))) AS number FROM fleet_plan AS f
)

SELECT row_number() OVER (ORDER BY u.workload, u.meter, u.number) AS resource,
    u.* EXCLUDE (units, number, amount), u.amount / (SELECT twins FROM plan) AS amount,
    w.* EXCLUDE (workload), s.* EXCLUDE (subscription), m.* EXCLUDE (meter),
    concat('/subscriptions/', s.subscription_id, '/resourceGroups/', w.resource_group, '/providers/', m.type, '/',
        u.workload, '-', u.meter, '-', lpad(CAST(u.number AS VARCHAR), 2, '0')) AS resource_id,
    concat(u.workload, '-', u.meter, '-', lpad(CAST(u.number AS VARCHAR), 2, '0')) AS resource_name,
    -- tags as older exports write them: JSON without its braces; some resources have none
    CASE WHEN u.number % 11 = 7 OR w.team IS NULL THEN NULL
        ELSE concat('"team": "', w.team, '","env": "', w.env, '","CostCenter": "', w.cost_center, '"') END AS tags,
    CASE WHEN m.type = 'Microsoft.Compute/virtualMachines' AND m.family = 'Compute' AND m.category = 'Virtual Machines'
        THEN concat('{"UsageType":"ComputeHR","ImageType":"Canonical","ServiceType":"Standard_',
            replace(m.name, ' ', '_'), '","VCPUs":', coalesce(nullif(regexp_extract(m.name, '[0-9]+'), ''), '1'), '}')
        END AS additional_info
FROM units AS u
JOIN workload_plan AS w USING (workload)
JOIN subscription_plan AS s USING (subscription)
JOIN meter_plan AS m USING (meter);
