"""The vocabulary of the sample: several scripts on purpose, because real data has them."""

TENANTS = (
    ("nordlicht", "Nordlicht Großhandel GmbH", "DE"),
    ("olive-grove", "Olive Grove Trading", "GB"),
    ("kaisen", "海鮮商事株式会社", "JP"),
    ("zeleni-put", "Зелени пут д.о.о.", "RS"),
    ("maison-delacroix", "Maison Delacroix", "FR"),
)
FIRST_NAMES = (
    *("Ada", "Björn", "Chloé", "Dmitri", "Elif", "Fatima", "Grégoire", "Hana", "Ibrahim", "Jörg", "Kateřina"),
    *("Łukasz", "María", "Niamh", "Óscar", "Priya", "Quentin", "Rūta", "Søren", "Thảo", "Uğur", "Wanjiru", "Zoë"),
    *("Σοφία", "Юлия", "恵子", "美咲"),
)
LAST_NAMES = (
    *("Andersson", "Baptista", "Çelik", "Dvořák", "Eriksen", "Fischer", "García", "Horváth", "Ivanova", "Jansen"),
    *("Kowalska", "Lefèvre", "Müller", "Nakamura", "O'Brien", "Petrović", "Quispe", "Rossi", "Šimek", "Tanaka"),
    *("Ødegård", "Papadopoulou", "佐藤", "Соколова"),
)
CITIES = (
    *(("Köln", "DE"), ("Kraków", "PL"), ("Lyon", "FR"), ("Málaga", "ES"), ("Malmö", "SE"), ("Αθήνα", "GR")),
    *(("Београд", "RS"), ("大阪", "JP"), ("Leeds", "GB"), ("Gent", "BE"), ("Zürich", "CH"), ("Porto", "PT")),
)
TRADES = ("Foods", "Hotel", "Café", "Kitchen", "Market", "Deli", "Catering", "& Sons", "Export", "Bistro")
CATEGORIES = {
    "Pantry": ("Oils", "Spices", "Grains", "Preserves"),
    "Fresh": ("Fruit", "Vegetables", "Dairy", "Fish"),
    "Drinks": ("Tea", "Coffee", "Juice", "Mineral water"),
    "Household": ("Cleaning", "Paper", "Tableware"),
}
ADJECTIVES = ("Organic", "Smoked", "Fine", "Dark", "Wild", "Old", "Sweet", "Raw", "Extra", "Mountain")
GOODS = ("olive oil", "paprika", "rye", "plum jam", "pears", "leeks", "gouda", "cod", "sencha", "espresso", "cider")
ORIGINS = ("Crete", "Provence", "Jütland", "Šumadija", "鹿児島", "Andalucía", "Tirol")
CARRIERS = ("DHL", "DPD", "La Poste", "ヤマト運輸", "Pošta", "own van")
NOTES = (
    'Prefers "no paper", please.',
    "Ring twice, then call.\nBack entrance after 18:00",
    "Payment terms: 30 days, 2% discount",
    "=SUM is how their orders start; it is text",
    "Allergic to nuts — check labels ⚠️",
)
EVENT_KINDS = ("login", "order.created", "order.changed", "price.changed", "export.finished")
CURRENCIES = (
    *(("EUR", "Euro", "1.000000"), ("GBP", "Pound sterling", "1.186200"), ("JPY", "円", "0.006130")),
    *(("RSD", "динар", "0.008540"), ("CHF", "Schweizer Franken", "1.041700")),
)
