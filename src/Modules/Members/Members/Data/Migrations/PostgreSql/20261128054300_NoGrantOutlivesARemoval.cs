using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Members.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class NoGrantOutlivesARemoval : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                schema: "members",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "decided_version",
                schema: "members",
                table: "members",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "ix_users_deleted_at",
                schema: "members",
                table: "users",
                column: "deleted_at");

            // No older invite undoes what was decided.
            migrationBuilder.Sql("UPDATE members.members SET decided_version = version");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_users_deleted_at",
                schema: "members",
                table: "users");

            migrationBuilder.DropColumn(
                name: "deleted_at",
                schema: "members",
                table: "users");

            migrationBuilder.DropColumn(
                name: "decided_version",
                schema: "members",
                table: "members");
        }
    }
}
