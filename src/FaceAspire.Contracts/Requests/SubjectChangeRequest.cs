using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>PATCH /api/v1/galleries/{gallery}/subjects/{subject}</c>.</summary>
/// <param name="Name">The subject's new name; null leaves it.</param>
/// <param name="MergeInto">The subject that gets its faces; null for none.</param>
/// <param name="Metadata">What is known of the subject from now on; null leaves it as it is.</param>
public sealed record SubjectChangeRequest(string? Name, string? MergeInto, IReadOnlyDictionary<string, string>? Metadata) : IRequest<SubjectChangeRequest>
{
    /// <inheritdoc/>
    public static int MaxImages => 0;

    /// <inheritdoc/>
    public static SubjectChangeRequest Read(RequestFields fields, ApiNames names)
    {
        int errors = fields.ErrorCount;
        var request = new SubjectChangeRequest(fields.Text("name"), fields.Text("merge_into"), fields.Entries("metadata"));
        if (request is { Name: not null, MergeInto: not null })
        {
            fields.Reject("merge_into", "send either name or merge_into");
        }
        else if (request is { Name: null, MergeInto: null, Metadata: null } && fields.ErrorCount == errors)
        {
            fields.Reject("body", "must have at least one of name, merge_into, metadata");
        }

        return request;
    }
}
