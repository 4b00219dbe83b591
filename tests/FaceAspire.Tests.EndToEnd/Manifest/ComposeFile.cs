using System.Text.RegularExpressions;

namespace FaceAspire.Tests.EndToEnd.Manifest;

/// <summary>What tests ask of <c>docker-compose.yaml</c>, read by its indentation, which is always the same: Aspire writes it.</summary>
internal sealed partial class ComposeFile
{
    private readonly Dictionary<string, Dictionary<string, string>> _variables = [];

    public ComposeFile(string path)
    {
        string text = File.ReadAllText(path);
        string service = "", section = "";
        foreach (string line in text.Split('\n'))
        {
            if (ServiceLine().Match(line) is { Success: true } name)
            {
                service = name.Groups[1].Value;
            }
            else if (SectionLine().Match(line) is { Success: true } part)
            {
                section = part.Groups[1].Value;
            }
            else if (section == "environment" && VariableLine().Match(line) is { Success: true } variable)
            {
                if (!_variables.TryGetValue(service, out var ofService))
                {
                    _variables[service] = ofService = [];
                }

                ofService.Add(variable.Groups[1].Value, variable.Groups[2].Value);
            }
        }

        Settings = [.. SettingReference().Matches(text).Select(static match => match.Groups[1].Value).Distinct()];
    }

    /// <summary>Variables of the environment of each service.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string>> Variables => _variables;

    /// <summary>What it wants from <c>.env</c>.</summary>
    public IReadOnlyList<string> Settings { get; }

    [GeneratedRegex(@"^  ([\w-]+):$")]
    private static partial Regex ServiceLine();

    [GeneratedRegex(@"^    (\w+):")]
    private static partial Regex SectionLine();

    [GeneratedRegex("""^      (\w+): "(.*)"$""")]
    private static partial Regex VariableLine();

    [GeneratedRegex(@"(?<!\$)\$\{(\w+)\}")]
    private static partial Regex SettingReference();
}
