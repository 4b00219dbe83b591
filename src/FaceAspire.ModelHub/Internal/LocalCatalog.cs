namespace FaceAspire.ModelHub.Internal;

/// <summary>The user's own models: <c>catalog.local.json</c> in the folders of models.</summary>
internal static class LocalCatalog
{
    public const string FileName = "catalog.local.json";

    // A thousand models and more; what is larger is something else.
    private const long MaxBytes = 4 * 1024 * 1024;

    /// <summary>The models of all such files, in the folders' order.</summary>
    /// <exception cref="InvalidDataException">A file breaks the catalogue's rules or cannot be read, or a name is taken; one line for each problem, in all files.</exception>
    public static IReadOnlyList<ModelEntry> Read(IReadOnlyList<ModelEntry> known, IEnumerable<string?> folders)
    {
        List<string> problems = [];
        List<ModelEntry> entries = [];
        var taken = known.Select(static entry => (entry.Task, entry.Name.ToUpperInvariant())).ToHashSet();
        foreach (string folder in folders.Where(static folder => !string.IsNullOrEmpty(folder)).Select(static folder => Path.GetFullPath(folder!)).Distinct())
        {
            try
            {
                if (ReadFile(Path.Combine(folder, FileName)) is not { } json)
                {
                    continue;
                }

                foreach (var entry in CatalogReader.ReadLocal(json))
                {
                    entries.Add(entry);
                    if (!taken.Add((entry.Task, entry.Name.ToUpperInvariant())))
                    {
                        problems.Add($"{FileName}: '{entry.Name}' is the name of another {entry.Task} model");
                    }
                }
            }
            catch (InvalidDataException exception)
            {
                problems.AddRange(exception.Message.Split('\n').Select(static line => $"{FileName}: {line}"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{FileName}: the file cannot be read");
            }
        }

        return problems.Count == 0 ? entries : throw new InvalidDataException(string.Join('\n', problems));
    }

    private static byte[]? ReadFile(string path)
    {
        FileInfo file = new(path);
        return !file.Exists ? null
            : file.Length <= MaxBytes ? File.ReadAllBytes(path)
            : throw new InvalidDataException("The file has more than 4 MB");
    }
}
