using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Invites.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class Reminders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "remind_at",
                schema: "invites",
                table: "invites",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_invites_status_remind_at",
                schema: "invites",
                table: "invites",
                columns: new[] { "status", "remind_at" });

            // What is pending is reminded of, too.
            migrationBuilder.Sql("UPDATE invites.invites SET remind_at = expires_at - interval '1 day' WHERE status = 0 AND expires_at - interval '1 day' > now()");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_invites_status_remind_at",
                schema: "invites",
                table: "invites");

            migrationBuilder.DropColumn(
                name: "remind_at",
                schema: "invites",
                table: "invites");
        }
    }
}
