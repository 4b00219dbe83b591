using FaceAspire.Gateway;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("gateway");
builder.AddGateway();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("gateway");
app.MapGateway();

return await app.RunServiceAsync();
