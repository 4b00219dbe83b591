using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>The keys of one life of a gallery: one that is deleted and made again has others, so that nothing of the old one is ever taken for the new one's.
/// Their hash tag is the gallery's name: in a cluster they are all at one place, where transactions can reach them together.</summary>
internal sealed class GalleryKeys(string gallery, string generation)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "fa1:gallery:";

    private readonly string _own = $"{Prefix}{{{gallery}}}:{generation}:";

    /// <summary>Which life it is.</summary>
    public string Generation => generation;

    /// <summary>Set of the names of all galleries; one that is not there any more may still be among them for a moment.</summary>
    public static RedisKey Galleries => Prefix + "names";

    /// <summary>Hash: texts kept beside the galleries, by name.</summary>
    public static RedisKey Notes => Prefix + "notes";

    /// <summary>Number: the last id that was given to a face, in whatever gallery.</summary>
    public static RedisKey LastFace => Prefix + "last-face";

    /// <summary>Sorted set: subjects' names, for paging.</summary>
    public RedisKey SubjectNames => _own + "subject-names";

    /// <summary>Hash: name to number of a subject.</summary>
    public RedisKey SubjectNumbers => _own + "subject-numbers";

    /// <summary>Sorted set: ids of all faces, by id.</summary>
    public RedisKey Faces => _own + "faces";

    /// <summary>Sorted set: which faces were touched by the last changes, by number of the change.</summary>
    public RedisKey Changes => _own + "changes";

    /// <summary>Sorted set: faces that the vector sets do not have, or still have, by time.</summary>
    public RedisKey Unsettled => _own + "unsettled";

    /// <summary>Hash: path to what is known of a file.</summary>
    public RedisKey Files => _own + "files";

    /// <summary>Sorted set: paths of files, for paging.</summary>
    public RedisKey FilePaths => _own + "file-paths";

    /// <summary>Text (JSON): the gallery as a whole. It exists as long as the gallery does, and every change replaces it.</summary>
    public static RedisKey State(string gallery) => $"{Prefix}{{{gallery}}}";

    /// <summary>Hash: lives of a gallery that are over and not yet wiped, each with the number of its spaces.</summary>
    public static RedisKey Remains(string gallery) => $"{Prefix}{{{gallery}}}:remains";

    /// <summary>Text (JSON): a subject.</summary>
    public RedisKey Subject(long subject) => _own + "subject:" + Text(subject);

    /// <summary>Sorted set: the ids of a subject's faces, by id.</summary>
    public RedisKey FacesOf(long subject) => _own + "faces-of:" + Text(subject);

    /// <summary>Hash: a face, with its thumbnail and its vectors.</summary>
    public RedisKey Face(long face) => _own + "face:" + Text(face);

    /// <summary>Sorted set: the ids of a picture's faces, by id.</summary>
    public RedisKey Content(string contentHash) => _own + "content:" + contentHash;

    /// <summary>Set: numbers of the subjects with one item of metadata.</summary>
    public RedisKey Metadata(string name, string value) =>
        _own + "metadata:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name.Length.ToString(CultureInfo.InvariantCulture)}:{name}{value}")));

    /// <summary>Vector set: the vectors of a space, by id of the face.</summary>
    public RedisKey Vectors(int space) => _own + "vectors:" + Text(space);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
