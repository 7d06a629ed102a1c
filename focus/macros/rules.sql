{# The row rules of FOCUS 1.2 and of this project, as [sentence, condition of a violation].
   Numbers such as I9 are those of docs/focus-mapping.md, "Invariants". #}


{# Rules that every bill must keep: without them its money would be in no sum or in no month. #}
{% macro rules_of_every_bill() %}
  {% set rules = [] %}
  {% for column in [
      "BilledCost", "EffectiveCost", "BillingPeriodStart", "BillingPeriodEnd", "x_Vendor", "x_Export",
  ] %}
    {% do rules.append([column ~ " is set", '"' ~ column ~ '" is null']) %}
  {% endfor %}
  {% do return(rules + [
    ["BillingPeriodStart is the first moment of a month (I11)",
     'date_trunc(\'month\', "BillingPeriodStart") <> "BillingPeriodStart"'],
  ]) %}
{% endmacro %}


{# Rules that every source must keep, unless its provider may leave gaps. #}
{% macro rules_of_every_source() %}
  {% set rules = [] %}
  {% for column in [
      "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingAccountId",
      "BillingAccountType", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd",
      "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeFrequency",
      "InvoiceIssuerName", "PricingCurrency", "ProviderName", "PublisherName",
      "ServiceName", "ServiceCategory", "ServiceSubcategory", "x_Vendor", "x_Export",
  ] %}
    {% do rules.append([column ~ " is set", '"' ~ column ~ '" is null']) %}
  {% endfor %}
  {% for column, values in allowed_values().items() %}
    {% set listed = "'" ~ values | join("', '") ~ "'" %}
    {% do rules.append([
        column ~ " is an allowed value (I13)", '"' ~ column ~ '" not in (' ~ listed ~ ')'
    ]) %}
  {% endfor %}
  {% do return(rules + [
    ["BillingCurrency is an ISO 4217 code",
     'length("BillingCurrency") <> 3 or upper("BillingCurrency") <> "BillingCurrency"'],
    ["BillingPeriodStart is the first moment of a month (I11)",
     'date_trunc(\'month\', "BillingPeriodStart") <> "BillingPeriodStart"'],
    ["BillingPeriodEnd is one month later (I11)",
     '"BillingPeriodStart" + interval 1 month <> "BillingPeriodEnd"'],
    ["ChargePeriodStart lies before ChargePeriodEnd (I11)",
     '"ChargePeriodStart" >= "ChargePeriodEnd"'],
  ]) %}
{% endmacro %}


{% macro allowed_values() %}
  {% do return({
    "ChargeCategory": ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
    "ChargeClass": ["Correction"],
    "ChargeFrequency": ["One-Time", "Recurring", "Usage-Based"],
    "PricingCategory": ["Standard", "Dynamic", "Committed", "Other"],
    "CommitmentDiscountCategory": ["Spend", "Usage"],
    "CommitmentDiscountStatus": ["Used", "Unused"],
    "CapacityReservationStatus": ["Used", "Unused"],
  }) %}
{% endmacro %}


{# Rules that our own mappings must keep. A provider's FOCUS export is passed on unchanged and may
   break them: there they warn. #}
{% macro rules_of_mapped_sources() %}
  {% set priced = '"ChargeCategory" in (\'Usage\', \'Purchase\') and "ChargeClass" is null' %}
  {% do return([
    ["An absent commitment has no category, type, name, status or quantity (I12)",
     '"CommitmentDiscountId" is null and coalesce("CommitmentDiscountCategory",
      "CommitmentDiscountType", "CommitmentDiscountName", "CommitmentDiscountStatus",
      "CommitmentDiscountUnit") is not null'],
    ["A commitment has a category and a type (I12)",
     '"CommitmentDiscountId" is not null and ("CommitmentDiscountCategory" is null
      or "CommitmentDiscountType" is null)'],
    ["Usage under a commitment is Used or Unused (I5)",
     '"CommitmentDiscountId" is not null and "ChargeCategory" = \'Usage\'
      and "CommitmentDiscountStatus" is null'],
    ["Only usage is Used or Unused (I6)",
     '"CommitmentDiscountStatus" is not null and "ChargeCategory" <> \'Usage\''],
    ["CommitmentDiscountQuantity is set on usage and purchases of a commitment (I12)",
     '"CommitmentDiscountId" is not null and ' ~ priced
      ~ ' and "CommitmentDiscountQuantity" is null'],
    ["CommitmentDiscountQuantity is set nowhere else (I12)",
     '"CommitmentDiscountQuantity" is not null and ("CommitmentDiscountId" is null
      or "ChargeCategory" not in (\'Usage\', \'Purchase\'))'],
    ["CommitmentDiscountUnit goes with its quantity (I12)",
     '("CommitmentDiscountQuantity" is null) <> ("CommitmentDiscountUnit" is null)'],
    ["ConsumedUnit goes with its quantity (I12)",
     '("ConsumedQuantity" is null) <> ("ConsumedUnit" is null)'],
    ["PricingUnit goes with its quantity (I12)",
     '("PricingQuantity" is null) <> ("PricingUnit" is null)'],
    ["SubAccountType goes with SubAccountId (I12)",
     '("SubAccountId" is null) <> ("SubAccountType" is null)'],
    ["SubAccountName goes with SubAccountId (I12)",
     '"SubAccountId" is null and "SubAccountName" is not null'],
    ["RegionName goes with RegionId (I12)", '("RegionId" is null) <> ("RegionName" is null)'],
    ["ResourceType goes with ResourceId (I12)",
     '("ResourceId" is null) <> ("ResourceType" is null)'],
    ["ResourceName goes with ResourceId (I12)",
     '"ResourceId" is null and "ResourceName" is not null'],
    ["SkuMeter goes with SkuId (I12)", '"SkuId" is null and "SkuMeter" is not null'],
    ["SkuPriceDetails goes with SkuPriceId (I12)",
     '"SkuPriceId" is null and "SkuPriceDetails" is not null'],
    ["CapacityReservationStatus goes with CapacityReservationId (I12)",
     '"CapacityReservationId" is null and "CapacityReservationStatus" is not null'],
    ["Usage of a capacity reservation is Used or Unused (I12)",
     '"CapacityReservationId" is not null and "ChargeCategory" = \'Usage\'
      and "CapacityReservationStatus" is null'],
    ["ConsumedQuantity is set on usage that took place (I9)",
     '"ChargeCategory" = \'Usage\' and "ChargeClass" is null
      and "CommitmentDiscountStatus" is distinct from \'Unused\' and "ConsumedQuantity" is null'],
    ["ConsumedQuantity is set nowhere else (I9)",
     '"ConsumedQuantity" is not null and ("ChargeCategory" <> \'Usage\'
      or "CommitmentDiscountStatus" = \'Unused\')'],
    ["PricingQuantity is set on usage and purchases", priced ~ ' and "PricingQuantity" is null'],
    ["PricingCategory is set on usage and purchases", priced ~ ' and "PricingCategory" is null'],
    ["Tax has no SKU, price or quantity (I7)",
     '"ChargeCategory" = \'Tax\' and ("SkuId" is not null or "SkuPriceId" is not null
      or "PricingQuantity" is not null or "PricingCategory" is not null
      or "ListUnitPrice" is not null or "ContractedUnitPrice" is not null)'],
    ["A credit without price has one cost (I7)",
     '"ChargeCategory" = \'Credit\' and "ListUnitPrice" is null and ("EffectiveCost" <> "BilledCost"
      or "ListCost" <> "BilledCost" or "ContractedCost" <> "BilledCost")'],
    ["Unit prices are not negative", '"ListUnitPrice" < 0 or "ContractedUnitPrice" < 0'],
    ["ListUnitPrice times PricingQuantity is ListCost (I3)", '"ChargeClass" is null and '
      ~ price_misses_cost('"ListUnitPrice"', '"PricingQuantity"', '"ListCost"')],
    ["ContractedUnitPrice times PricingQuantity is ContractedCost (I3)",
     '"ChargeClass" is null and '
      ~ price_misses_cost('"ContractedUnitPrice"', '"PricingQuantity"', '"ContractedCost"')],
    ["A commitment's purchase has no effective cost, or says why (I6)",
     '"ChargeCategory" = \'Purchase\' and "CommitmentDiscountId" is not null
      and "EffectiveCost" <> 0 and "x_EffectiveCostNote" is null'],
    ["A commitment's purchase is not priced as committed (I6)",
     '"ChargeCategory" = \'Purchase\' and "PricingCategory" = \'Committed\''],
    ["Usage under a commitment is priced as committed",
     '"CommitmentDiscountStatus" is not null and "PricingCategory" is distinct from \'Committed\''],
    ["Usage under a commitment is billed by its purchase, or says why not (I8)",
     '"CommitmentDiscountStatus" is not null and "BilledCost" <> 0
      and ("x_EffectiveCostNote" is null or "BilledCost" <> "EffectiveCost")'],
    ["A purchase is not usage-based",
     '"ChargeCategory" = \'Purchase\' and "ChargeFrequency" = \'Usage-Based\''],
    ["In one currency, pricing currency amounts are the billing currency's (I15)",
     '"PricingCurrency" = "BillingCurrency" and (
      "PricingCurrencyEffectiveCost" is distinct from "EffectiveCost"
      or "PricingCurrencyListUnitPrice" is distinct from "ListUnitPrice"
      or "PricingCurrencyContractedUnitPrice" is distinct from "ContractedUnitPrice")'],
    ["A synthetic row is a part of its parent: a commitment\'s, or a credit (I2)",
     '"x_ParentRowId" is not null and "CommitmentDiscountStatus" is null
      and "ChargeCategory" <> \'Credit\''],
  ]) %}
{% endmacro %}


{# Signs of trouble that a correct bill may show. #}
{% macro rules_that_warn() %}
  {% set usage = '"ChargeCategory" = \'Usage\' and "ChargeClass" is null and "BilledCost" >= 0
      and "CommitmentDiscountStatus" is distinct from \'Unused\' and "EffectiveCost" > 0' %}
  {# Months that do not begin at midnight UTC hold charges up to a day from the period's ends. #}
  {% set shift -%}
    case when "x_Vendor" in ({{ string_literals(var("vendors_with_local_months", []) + [""]) }})
      then interval 1 day else interval 0 day end
  {%- endset %}
  {% do return([
    ["ListCost is at least ContractedCost (I10)",
     usage ~ ' and "ListCost" < "ContractedCost" - 0.000001'],
    ["ContractedCost is at least EffectiveCost (I10)",
     usage ~ ' and "ContractedCost" < "EffectiveCost" - 0.000001'],
    ["A charge that is billed has a list cost (I10)", '"ListCost" = 0 and "BilledCost" > 0'],
    ["The charge period lies in the billing period (I11)",
     '"ChargeClass" is null and ("ChargePeriodStart" < "BillingPeriodStart" - ' ~ shift ~ '
      or "ChargePeriodEnd" > "BillingPeriodEnd" + ' ~ shift ~ ')'],
  ]) %}
{% endmacro %}
