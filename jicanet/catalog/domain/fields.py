"""The fields by which the library is ordered: JICA's 16 thematic issues and two of the library's own."""

from enum import StrEnum


class ThematicField(StrEnum):
    """The field that a material belongs to; the value is the slug of files and addresses."""

    ECONOMIC_POLICY_GOVERNANCE = "economic-policy-governance"
    HEALTH = "health"
    TRANSPORT = "transport"
    ENVIRONMENTAL_MANAGEMENT = "environmental-management"
    PRIVATE_SECTOR_DEVELOPMENT = "private-sector-development"
    DISASTER_RISK_REDUCTION = "disaster-risk-reduction"
    SOCIAL_SECURITY = "social-security"
    URBAN_REGIONAL_DEVELOPMENT = "urban-regional-development"
    EDUCATION = "education"
    NATURAL_RESOURCES_ENERGY = "natural-resources-energy"
    NATURE_CONSERVATION = "nature-conservation"
    AGRICULTURE_RURAL_DEVELOPMENT = "agriculture-rural-development"
    WATER_RESOURCES = "water-resources"
    ICT = "ict"
    GENDER_DEVELOPMENT = "gender-development"
    PEACEBUILDING = "peacebuilding"
    CROSS_CUTTING = "cross-cutting"
    CITIZEN_PARTICIPATION = "citizen-participation"

    def label(self, lang: str) -> str:
        """Return the field's name in `ja`, in English for any other language."""
        english, japanese = _LABELS[self]
        return japanese if lang == "ja" else english


# Both languages stand here and not in the catalogues: a search must find a material by either name,
# whatever language the page is in.
_LABELS: dict[ThematicField, tuple[str, str]] = {
    ThematicField.ECONOMIC_POLICY_GOVERNANCE: ("Economic policy and governance", "経済政策・ガバナンス"),
    ThematicField.HEALTH: ("Health", "保健医療"),
    ThematicField.TRANSPORT: ("Transport", "運輸交通"),
    ThematicField.ENVIRONMENTAL_MANAGEMENT: ("Environmental management", "環境管理"),
    ThematicField.PRIVATE_SECTOR_DEVELOPMENT: ("Private sector development", "民間セクター開発"),
    ThematicField.DISASTER_RISK_REDUCTION: ("Disaster risk reduction", "防災"),
    ThematicField.SOCIAL_SECURITY: ("Social security", "社会保障"),
    ThematicField.URBAN_REGIONAL_DEVELOPMENT: ("Urban and regional development", "都市・地域開発"),
    ThematicField.EDUCATION: ("Education", "教育"),
    ThematicField.NATURAL_RESOURCES_ENERGY: ("Natural resources and energy", "資源・エネルギー"),
    ThematicField.NATURE_CONSERVATION: ("Nature conservation", "自然環境保全"),
    ThematicField.AGRICULTURE_RURAL_DEVELOPMENT: ("Agriculture and rural development", "農業・農村開発"),
    ThematicField.WATER_RESOURCES: ("Water resources", "水資源"),
    ThematicField.ICT: ("Information and communication technology", "情報通信技術"),
    ThematicField.GENDER_DEVELOPMENT: ("Gender and development", "ジェンダーと開発"),
    ThematicField.PEACEBUILDING: ("Peacebuilding", "平和構築"),
    ThematicField.CROSS_CUTTING: ("Cross-cutting", "分野横断"),
    ThematicField.CITIZEN_PARTICIPATION: ("Citizen participation", "市民参加"),
}
