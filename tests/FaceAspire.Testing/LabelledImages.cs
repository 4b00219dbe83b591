using System.Formats.Tar;
using System.IO.Compression;

namespace FaceAspire.Testing;

/// <summary>The labelled pictures of one packed set of <c>../shared/data</c>.</summary>
public static class LabelledImages
{
    private const string IndexName = "index.csv";

    /// <summary>The rows of the development split with one label.</summary>
    /// <param name="set">Name of the archive without its ending, such as <c>rec_celeba_film</c>.</param>
    /// <param name="label">Column whose value is wanted; rows without one are left out.</param>
    /// <returns>The label and the encoded picture, in the order of the index.</returns>
    public static IReadOnlyList<(string Label, byte[] Image)> Development(string set, string label)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var archive = new TarReader(new GZipStream(File.OpenRead(SharedMaterial.File("data", $"{set}.tar.gz")), CompressionMode.Decompress));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                byte[] bytes = new byte[entry.Length];
                data.ReadExactly(bytes);
                files[entry.Name] = bytes;
            }
        }

        // Written without quotes or commas in values (see the folder's README).
        string[][] rows = [.. System.Text.Encoding.UTF8.GetString(files[IndexName]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r').Split(','))];
        int file = Array.IndexOf(rows[0], "file");
        int split = Array.IndexOf(rows[0], "split");
        int value = Array.IndexOf(rows[0], label);
        return [.. rows.Skip(1).Where(row => row[split] == "dev" && row[value].Length > 0).Select(row => (row[value], files[row[file]]))];
    }
}
