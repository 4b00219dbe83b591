using System.Xml.Linq;
using FaceAspire.Local.Manifest;
using FaceAspire.Testing;

namespace FaceAspire.Tests.EndToEnd.Manifest;

/// <summary>The repository's own manifest and projects.</summary>
internal static class Repository
{
    public static AspireManifest Manifest { get; } = AspireManifest.Load(PathOf(AspireManifest.FileName));

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([SharedMaterial.RepositoryRoot, .. parts]);

    /// <summary>The projects that a project references.</summary>
    public static IEnumerable<string> ReferencesOf(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, (string)reference.Attribute("Include")!)));

    /// <summary>A project and everything that it references, near or far.</summary>
    public static IReadOnlySet<string> ClosureOf(string project)
    {
        HashSet<string> closure = [];
        var open = new Stack<string>([project]);
        while (open.TryPop(out string? next))
        {
            if (closure.Add(next))
            {
                foreach (string reference in ReferencesOf(next))
                {
                    open.Push(reference);
                }
            }
        }

        return closure;
    }
}
