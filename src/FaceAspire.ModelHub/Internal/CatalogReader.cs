using System.Text.Json;
using FaceAspire.Contracts.Names;

namespace FaceAspire.ModelHub.Internal;

/// <summary>Reads a catalogue and reports all of its problems at once.</summary>
internal static class CatalogReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <exception cref="InvalidDataException">One line for each problem.</exception>
    public static IReadOnlyList<ModelEntry> Read(ReadOnlySpan<byte> json) => Read(json, isLocal: false);

    /// <summary>Reads a catalogue that adds to another: it need not tell everything, and its files need no hash.</summary>
    /// <exception cref="InvalidDataException">One line for each problem.</exception>
    public static IReadOnlyList<ModelEntry> ReadLocal(ReadOnlySpan<byte> json) => Read(json, isLocal: true);

    private static List<ModelEntry> Read(ReadOnlySpan<byte> json, bool isLocal)
    {
        List<string> problems = [];
        List<ModelEntry> entries = [];
        var file = ReadFile(json.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json);
        foreach (string member in file.Unknown?.Keys ?? Enumerable.Empty<string>())
        {
            problems.Add($"{member} is not a member of a catalogue");
        }

        if (file.Models is not { Count: > 0 } models)
        {
            throw new InvalidDataException(string.Join('\n', problems.Append("models must be an array of at least one model")));
        }

        // By name as written, so that a duplicate is found although one of the two has other problems.
        var names = new HashSet<(string? Task, string Name)>();
        for (int i = 0; i < models.Count; i++)
        {
            string label = Label(i, models[i]);
            if (ReadEntry(models[i], label, problems) is not { } entry)
            {
                continue;
            }

            if (entry.Name is { } name && !names.Add((entry.Task, name.ToUpperInvariant())))
            {
                problems.Add($"{label}: name occurs twice among the {entry.Task} models");
            }

            if (new EntryReader(entry, label, problems, isLocal).Read() is { } complete)
            {
                entries.Add(complete);
            }
        }

        // Asked last: a model with a problem of its own tells nothing yet.
        if (problems.Count == 0 && !isLocal)
        {
            problems.AddRange(Enum.GetValues<AttributeAction>()
                .Except(entries.SelectMany(static entry => entry.Outputs).Select(static output => output.Action))
                .Select(static action => $"no model tells {ApiNames.Actions.NameOf(action)}"));
        }

        return problems.Count == 0 ? entries : throw new InvalidDataException(string.Join('\n', problems));
    }

    private static CatalogFile ReadFile(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CatalogJsonContext.Default.CatalogFile)
                ?? throw new InvalidDataException("The catalogue must be a JSON object, not null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The catalogue is not the JSON object it should be: {exception.Message}", exception);
        }
    }

    private static EntryFile? ReadEntry(JsonElement element, string label, List<string> problems)
    {
        try
        {
            if (element.Deserialize(CatalogJsonContext.Default.EntryFile) is { } entry)
            {
                return entry;
            }

            problems.Add($"{label}: must be an object");
        }
        catch (JsonException exception)
        {
            string member = exception.Path is { Length: > 2 } path ? path[2..] : "the model"; // $.thresholds.native
            problems.Add($"{label}: {member} has the wrong JSON type or occurs twice");
        }

        return null;
    }

    private static string Label(int index, JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? $"models[{index}] '{name.GetString()}'"
            : $"models[{index}]";
}
