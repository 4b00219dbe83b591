using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAspire.Local.Manifest;

/// <summary>The manifest that the Aspire AppHost publishes, read strictly: a type or a field that is not known here is an error, not overlooked.</summary>
public sealed record AspireManifest
{
    /// <summary>Name of the file at the top of the repository.</summary>
    public const string FileName = "aspire-manifest.json";

    /// <summary>The resources by name, in the file's order: what others refer to comes first.</summary>
    public required OrderedDictionary<string, ManifestResource> Resources { get; init; }

    /// <summary>Folder from which the paths of projects count; empty is the working directory.</summary>
    [JsonIgnore]
    public string Folder { get; private init; } = "";

    /// <summary>The services, in the file's order.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, ProjectResource>> Projects => OfType<ProjectResource>();

    /// <summary>What an operator decides.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, ParameterResource>> Parameters => OfType<ParameterResource>();

    /// <summary>Reads a file.</summary>
    /// <exception cref="ManifestException">It is not there, or not such a manifest; the message says where.</exception>
    public static AspireManifest Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path)) with { Folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "" };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ManifestException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the text of one, in UTF-8.</summary>
    /// <exception cref="ManifestException">It is not such a manifest; the message says where.</exception>
    public static AspireManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ManifestJsonContext.Default.AspireManifest) ?? throw new ManifestException("The manifest is null.");
        }
        catch (JsonException exception)
        {
            throw new ManifestException($"The manifest cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Where the project file of a service lies.</summary>
    public string PathOf(ProjectResource project) => Path.GetFullPath(Path.Combine(Folder, project.Path));

    private IEnumerable<KeyValuePair<string, T>> OfType<T>()
        where T : ManifestResource =>
        Resources.Where(static resource => resource.Value is T).Select(static resource => KeyValuePair.Create(resource.Key, (T)resource.Value));
}
