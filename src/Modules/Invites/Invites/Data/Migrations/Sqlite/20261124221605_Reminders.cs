using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Invites.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class Reminders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "remind_at",
                table: "invites",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_invites_status_remind_at",
                table: "invites",
                columns: new[] { "status", "remind_at" });

            // What is pending is reminded of, too.
            migrationBuilder.Sql("UPDATE invites SET remind_at = expires_at - 86400000 WHERE status = 0 AND expires_at - 86400000 > unixepoch() * 1000");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_invites_status_remind_at",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "remind_at",
                table: "invites");
        }
    }
}
