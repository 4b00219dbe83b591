using Microsoft.Extensions.Configuration;

namespace FaceAspire.ModelHub;

/// <summary>Which models tell age, gender, emotion and race, read from the environment once, at start.</summary>
public sealed class AttributeModelOptions
{
    /// <summary>Names of the catalogue's attribute models, separated by commas: each action is answered by the first that can. Default: all, in the catalogue's order.</summary>
    [ConfigurationKeyName("ATTRIBUTE_MODELS")]
    public string? AttributeModels { get; set; }

    /// <summary>The names; none when the variable is not set.</summary>
    public IReadOnlyList<string> Names => AttributeModels?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
