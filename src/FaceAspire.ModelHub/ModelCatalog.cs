using System.Diagnostics.CodeAnalysis;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub.Internal;

namespace FaceAspire.ModelHub;

/// <summary>The models that this installation knows, whether or not their weights are here. Immutable.</summary>
public sealed class ModelCatalog
{
    internal ModelCatalog(IReadOnlyList<ModelEntry> entries)
    {
        Entries = entries;
        Names = new ApiNames(NamesOf(ModelTask.Recognition), NamesOf(ModelTask.Detection));
    }

    /// <summary>Every model, in the catalogue's order.</summary>
    public IReadOnlyList<ModelEntry> Entries { get; }

    /// <summary>The names that requests may use.</summary>
    public ApiNames Names { get; }

    /// <summary>Reads <c>models/catalog.json</c> beside the program.</summary>
    /// <exception cref="InvalidDataException">The file breaks its rules; one line for each problem.</exception>
    /// <exception cref="IOException">The file is missing or unreadable.</exception>
    public static ModelCatalog LoadDefault() => Load(Path.Combine(AppContext.BaseDirectory, "models", "catalog.json"));

    /// <summary>The same with the user's own models: those of <c>catalog.local.json</c> in the folders of the options, after the others.</summary>
    /// <exception cref="InvalidDataException">A file breaks its rules, or a name is taken; one line for each problem.</exception>
    /// <exception cref="IOException">The file beside the program is missing or unreadable.</exception>
    public static ModelCatalog LoadDefault(ModelHubOptions options)
    {
        var known = LoadDefault().Entries;
        return new([.. known, .. LocalCatalog.Read(known, [options.ModelsDir, options.ModelsCache])]);
    }

    /// <summary>Reads a catalogue file.</summary>
    /// <exception cref="InvalidDataException">The file breaks its rules; one line for each problem.</exception>
    /// <exception cref="IOException">The file is missing or unreadable.</exception>
    public static ModelCatalog Load(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads a catalogue from UTF-8 JSON, with or without a byte order mark.</summary>
    /// <exception cref="InvalidDataException">The text breaks the catalogue's rules; one line for each problem.</exception>
    public static ModelCatalog Parse(ReadOnlySpan<byte> json) => new(CatalogReader.Read(json));

    /// <summary>The models of one task, in the catalogue's order.</summary>
    public IEnumerable<ModelEntry> Of(ModelTask task) => Entries.Where(entry => entry.Task == task);

    /// <summary>Looks a model up by its name, without regard to case.</summary>
    public bool TryGet(ModelTask task, string name, [NotNullWhen(true)] out ModelEntry? entry)
    {
        entry = Of(task).FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return entry is not null;
    }

    /// <summary>A model by its name, without regard to case.</summary>
    /// <exception cref="ArgumentException">No model of that task has the name; the message lists those that exist.</exception>
    public ModelEntry Get(ModelTask task, string name) => TryGet(task, name, out var entry)
        ? entry
        : throw new ArgumentException($"The catalogue has no {task} model '{name}', only {string.Join(", ", NamesOf(task))}.", nameof(name));

    /// <summary>The attribute model that answers an action: the first of the catalogue that can.</summary>
    public ModelEntry AnswererOf(AttributeAction action) => Of(ModelTask.Attributes).First(entry => entry.Outputs.Any(output => output.Action == action));

    /// <summary>The same among models named; null when none of them can.</summary>
    /// <param name="action">The action.</param>
    /// <param name="names">Names of attribute models, the preferred first, without regard to case.</param>
    public ModelEntry? TryAnswererOf(AttributeAction action, IReadOnlyList<string> names) => names
        .Select(name => TryGet(ModelTask.Attributes, name, out var entry) ? entry : null)
        .FirstOrDefault(entry => entry?.Outputs.Any(output => output.Action == action) == true);

    private IEnumerable<string> NamesOf(ModelTask task) => Of(task).Select(entry => entry.Name);
}
