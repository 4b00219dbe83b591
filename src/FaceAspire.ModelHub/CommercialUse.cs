namespace FaceAspire.ModelHub;

/// <summary>Whether the terms of weights allow commercial use, as far as those who publish them say.</summary>
public enum CommercialUse
{
    /// <summary>They do.</summary>
    Yes,

    /// <summary>They do not: research or private use only.</summary>
    No,

    /// <summary>Nothing is stated, or what is stated contradicts itself.</summary>
    Unclear,
}
