using FaceAspire.ModelHub;
using FaceAspire.ModelHub.Provisioning;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Cli.Models;

/// <summary>The catalogue and the files of this machine, for one command.</summary>
internal sealed class ModelSession : IDisposable
{
    /// <summary>Opens them.</summary>
    /// <param name="settings">Where files are.</param>
    /// <param name="isOffline">Whether nothing may be fetched.</param>
    /// <exception cref="CommandException">The user's own catalogue breaks the rules.</exception>
    public ModelSession(ModelHubOptions settings, bool isOffline = false)
    {
        try
        {
            Catalog = ModelCatalog.LoadDefault(settings);
        }
        catch (InvalidDataException exception)
        {
            throw new CommandException(exception.Message, exception);
        }

        Settings = settings;
        Store = new(settings, NullLogger<ModelStore>.Instance);
        Provisioner = new(settings, Store, TimeProvider.System, isOffline);
    }

    /// <summary>Where files are.</summary>
    public ModelHubOptions Settings { get; }

    /// <summary>What there is.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>What is here.</summary>
    public ModelStore Store { get; }

    /// <summary>Brings what is not.</summary>
    public ModelProvisioner Provisioner { get; }

    /// <summary>A model by its name, or by task and name.</summary>
    /// <exception cref="CommandException">There is none, or several tasks have the name.</exception>
    public ModelEntry Named(string name)
    {
        ModelEntry[] found = [.. Catalog.Entries.Where(entry => Matches(entry, name))];
        if (found.Where(entry => entry.Name == name).ToArray() is [var spelled])
        {
            return spelled; // Dlib is the recogniser, dlib the detector
        }

        return found.Length switch
        {
            1 => found[0],
            0 => throw new CommandException($"There is no model '{name}'; 'faceaspire models list' shows those that there are."),
            _ => throw new CommandException($"'{name}' is the name of several models: {string.Join(", ", found.Select(NameOf))}."),
        };
    }

    /// <summary>The models that the API needs for its defaults and names: one of each recogniser and detector, the attributes, liveness and quality. The user's own are among them.</summary>
    public IEnumerable<ModelEntry> ForApi() => Catalog.Entries.Where(entry =>
        entry.Task is ModelTask.Recognition or ModelTask.Detection or ModelTask.Liveness
        || entry == Catalog.Of(ModelTask.Quality).FirstOrDefault()
        || (entry.Task == ModelTask.Attributes && entry.Outputs.Any(output => Catalog.AnswererOf(output.Action) == entry)));

    /// <summary>Task and name, which no other model has.</summary>
    public static string NameOf(ModelEntry entry) => $"{TaskOf(entry)}/{entry.Name}";

    /// <summary>A model's task as it is written.</summary>
    public static string TaskOf(ModelEntry entry) => entry.Task.ToString().ToLowerInvariant();

    /// <summary>Whether its terms allow commercial use, as it is written.</summary>
    public static string CommercialOf(ModelEntry entry) => entry.Commercial.ToString().ToLowerInvariant();

    public void Dispose() => Provisioner.Dispose();

    private static bool Matches(ModelEntry entry, string name) =>
        entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || NameOf(entry).Equals(name, StringComparison.OrdinalIgnoreCase);
}
