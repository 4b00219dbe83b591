using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub;

/// <summary>Checks settings whose value is a name, such as that of the default model.</summary>
public static class SettingNames
{
    /// <summary>Says of every setting that names nothing what it could name.</summary>
    /// <param name="settings">Variable, its value, and the names that exist; compared without regard to case.</param>
    public static ValidateOptionsResult Check(params ReadOnlySpan<(string Variable, string Value, IReadOnlyList<string> Names)> settings)
    {
        List<string> failures = [];
        foreach (var (variable, value, names) in settings)
        {
            if (!names.Contains(value, StringComparer.OrdinalIgnoreCase))
            {
                failures.Add($"{variable}: must be one of {string.Join(", ", names)} (value '{value}')");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
